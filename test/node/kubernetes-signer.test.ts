// The external signer of a Kubernetes API server on a real node: what it answers, and every refusal.

import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as jose from 'jose';
import { expect, test } from 'vitest';
import type { DeployedContent } from '../../src/protocol/content.ts';
import { makeAkp } from '../jose/made-keys.ts';
import { fieldsOf, framed, grpcCall, grpcClient, signRequest } from './support/grpc-client.ts';
import { memberContent, ringContent } from './support/operations.ts';
import { getJson, runningManager, runningNode, temporaryFolder } from './support/test-node.ts';

const [invalidArgument, resourceExhausted, failedPrecondition, unimplemented, internal, unavailable] = [
  3, 8, 9, 12, 13, 14,
];
const timing = { usageMs: 20 };

async function signerWith(contents: readonly DeployedContent[], options: { socketMode?: number } = {}) {
  const manager = await runningManager();
  const socket = join(await temporaryFolder(), 'signer.sock');
  const kubernetesSigner = { socket, project: 'MyProject', ringName: 'accounts', ...options };
  const dataDir = await temporaryFolder();
  const node = await runningNode({ managerUrl: manager.url, dataDir, kubernetesSigner, timing });
  const link = await manager.links.next();
  if (contents.length > 0) await link.reset(contents.length, contents);
  const client = grpcClient(socket);
  const call = (method: string, message: Buffer = Buffer.alloc(0)) =>
    grpcCall(client, `/v1.ExternalJWTSigner/${method}`, framed(message));
  const sign = (claims: unknown) => call('Sign', signRequest(encoded(JSON.stringify(claims))));
  return { manager, socket, dataDir, node, link, client, call, sign };
}

function encoded(text: string): string {
  return Buffer.from(text).toString('base64url');
}

function seconds(): number {
  return Math.floor(Date.now() / 1000);
}

function rsaKey(): Record<string, unknown> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), alg: 'RS256' };
}

function ecKey(namedCurve: string, alg: string): Record<string, unknown> {
  return { ...generateKeyPairSync('ec', { namedCurve }).privateKey.export({ format: 'jwk' }), alg };
}

const keysByAlgorithm = {
  RS256: rsaKey(),
  ES256: ecKey('P-256', 'ES256'),
  ES384: ecKey('P-384', 'ES384'),
  ES512: ecKey('P-521', 'ES512'),
};

test.for(Object.entries(keysByAlgorithm))(
  'a token is signed with %s, its header has alg, kid and typ alone, and the key that is fetched verifies it',
  async ([alg, jwk]) => {
    const ring = ringContent('accounts');
    const { call, sign } = await signerWith([ring, memberContent(ring, 1, 'ACTIVE', jwk)]);
    const claims = {
      iss: 'https://cluster.example',
      sub: 'system:serviceaccount:a:b',
      exp: seconds() + 3600,
    };
    const signed = await sign(claims);
    expect(signed.status).toBe(0);
    const [header, signature] = fieldsOf(signed.message).map(([, value]) => String(value));
    expect(JSON.parse(Buffer.from(header ?? '', 'base64url').toString())).toEqual({
      alg,
      kid: 'accounts-1',
      typ: 'JWT',
    });
    const fetched = await call('FetchKeys');
    const [, key] = fieldsOf(fetched.message)[0] ?? [];
    const [kid, spki] = fieldsOf(key as Buffer).map(([, value]) => value);
    expect(String(kid)).toBe('accounts-1');
    const publicKey = createPublicKey({ key: spki as Buffer, format: 'der', type: 'spki' });
    const token = `${header}.${encoded(JSON.stringify(claims))}.${signature}`;
    const verified = await jose.jwtVerify(token, publicKey, { algorithms: [alg] });
    expect(verified.payload).toEqual(claims);
  },
);

test('keys are those that are NEXT, ACTIVE and RETIRING, with the time of the last contact', async () => {
  const ring = ringContent('accounts');
  const other = ringContent('others');
  const retiring = memberContent(ring, 1, 'RETIRING');
  const retired = memberContent(ring, 2, 'RETIRING');
  const contents = [
    ring,
    other,
    memberContent(other, 1, 'ACTIVE'),
    { ...retiring, ring: { ...retiring.ring, retireAt: Date.now() + 60_000 } },
    { ...retired, ring: { ...retired.ring, retireAt: Date.now() - 1 } },
    memberContent(ring, 3, 'ACTIVE'),
    memberContent(ring, 4, 'NEXT'),
    memberContent(ring, 5, 'STAGED'),
  ];
  const { call, node } = await signerWith(contents);
  const fields = fieldsOf((await call('FetchKeys')).message);
  const kids = fields.flatMap(([field, value]) =>
    field === 1 ? [String(fieldsOf(value as Buffer)[0]?.[1])] : [],
  );
  expect(kids).toEqual(['accounts-3', 'accounts-4', 'accounts-1']);
  const timestamp = fields.find(([field]) => field === 2)?.[1] as Buffer;
  const status = await getJson(`${node.url}/status`);
  expect(fieldsOf(timestamp)[0]).toEqual([1, Math.floor(Date.parse(String(status.lastSeenAt)) / 1000)]);
  expect(fields.find(([field]) => field === 3)).toEqual([3, 60]);
  expect(status.kubernetesSigner).toEqual({ ring: 'MyProject/accounts', problem: null });
});

test('the metadata are maxTokenLifetime, and nothing that outlives it is signed', async () => {
  const ring = ringContent('accounts', { maxTokenLifetimeMs: 600_000, clockSkewMs: 60_000 });
  const { call, sign, link } = await signerWith([ring, memberContent(ring, 1, 'ACTIVE')]);
  const metadata = await call('Metadata');
  expect(fieldsOf(metadata.message)).toEqual([[1, 600]]);
  const now = seconds();
  expect(await sign({ iat: now, exp: now + 600 })).toMatchObject({ status: 0 });
  // The clock of kube-apiserver is ahead.
  expect(await sign({ iat: now + 30, exp: now + 630 })).toMatchObject({ status: 0 });
  const text = 'The token would outlive maxTokenLifetime (PT10M) of key ring (name: accounts)!';
  const refused = { status: invalidArgument, text };
  expect(await sign({ iat: now, exp: now + 630 })).toMatchObject(refused);
  expect(await sign({ exp: now + 630 })).toMatchObject(refused);
  expect(await sign({ iat: now + 30, exp: now + 660 })).toMatchObject(refused);
  expect(await sign({ iat: now + 3600, exp: now + 4000 })).toMatchObject(refused);
  const endless = { status: invalidArgument, text: 'Claim (exp) must be a number!' };
  expect(await sign({ sub: 'a' })).toMatchObject(endless);
  expect(await sign({ exp: 'later' })).toMatchObject(endless);
  const counted = async (outcome: string) => {
    for (;;) {
      const { uses, report } = await link.reports.next();
      link.say({ type: 'counted', report });
      const use = uses.find((one) => one.outcome === outcome);
      if (use) return use;
    }
  };
  expect(await counted('SUCCEEDED')).toMatchObject({ applicationId: 'kubernetes', operation: 'SIGN' });
});

test('what is no claims is an invalid argument', async () => {
  const ring = ringContent('accounts');
  const { call } = await signerWith([ring, memberContent(ring, 1, 'ACTIVE')]);
  const texts = [
    '',
    'e30=',
    '!',
    encoded('[]'),
    encoded('{"exp":1,"exp":2}'),
    encoded('{'),
    `${encoded('{}')}A`,
  ];
  for (const text of texts) {
    expect(await call('Sign', signRequest(text)), text).toMatchObject({
      status: invalidArgument,
      text: 'claims are not the base64url of a JSON object!',
    });
  }
  // A length beyond the end, a group, a varint without an end.
  for (const octets of [[0x0a, 9, 1], [0x0b], [0x08, 0x80]]) {
    expect(await call('Sign', Buffer.from(octets))).toMatchObject({
      status: invalidArgument,
      text: 'The request is no SignJWTRequest!',
    });
  }
});

test('a ring that kube-apiserver cannot use is named at the start, in the status and in every answer', async () => {
  const short = ringContent('accounts', { maxTokenLifetimeMs: 599_000 });
  const edwards = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  const ring = ringContent('accounts');
  const cases: readonly (readonly [readonly DeployedContent[], string])[] = [
    [[ringContent('others')], 'Key ring (name: accounts) of project (name: MyProject) is not found!'],
    [
      [short, memberContent(short, 1, 'ACTIVE')],
      'maxTokenLifetime (PT9M59S) of key ring (name: accounts) is shorter than PT10M, the least that kube-apiserver accepts!',
    ],
    [
      [ring, memberContent(ring, 1, 'ACTIVE', { ...edwards, alg: 'EdDSA' })],
      'Key ring (name: accounts) signs with EdDSA, and kube-apiserver accepts RS256, ES256, ES384, ES512!',
    ],
    [
      [ring, memberContent(ring, 1, 'ACTIVE', makeAkp('ML-DSA-65'))],
      'Key ring (name: accounts) signs with ML-DSA-65, and kube-apiserver accepts RS256, ES256, ES384, ES512!',
    ],
    [
      [ring, memberContent(ring, 1, 'ACTIVE', { ...keysByAlgorithm.ES256, kid: 'k'.repeat(1025) })],
      'The kid of Key ring (name: accounts) is longer than 1024 bytes!',
    ],
    [[ringContent('accounts', { use: 'enc' })], 'Key ring (name: accounts) is for ENCRYPTION!'],
  ];
  for (const [contents, text] of cases) {
    const { call, sign, node } = await signerWith(contents);
    const refused = { status: failedPrecondition, text };
    expect(await sign({ exp: seconds() + 60 })).toMatchObject(refused);
    expect(await call('FetchKeys')).toMatchObject(refused);
    expect(await call('Metadata')).toMatchObject(refused);
    expect((await getJson(`${node.url}/status`)).kubernetesSigner).toEqual({
      ring: 'MyProject/accounts',
      problem: text,
    });
    const said = node.log.lines.find(({ facts }) => facts.reason === text);
    expect(said).toMatchObject({ level: 'warn', text: 'the Kubernetes signer cannot use its key ring' });
    await node.close();
  }
});

test('a ring that is deployed, rotated and removed is followed, and a revoked key is gone at once', async () => {
  const { call, sign, link, node } = await signerWith([ringContent('others')]);
  expect((await call('Metadata')).status).toBe(failedPrecondition);
  const ring = ringContent('accounts');
  const [first, second] = [memberContent(ring, 1, 'ACTIVE'), memberContent(ring, 2, 'NEXT')];
  await link.reset(4, [first, second, ring]);
  await node.log.until(/can use its key ring/);
  const claims = { exp: seconds() + 60 };
  const kidOf = async () => {
    const { message } = await sign(claims);
    return JSON.parse(Buffer.from(String(fieldsOf(message)[0]?.[1]), 'base64url').toString()).kid;
  };
  expect(await kidOf()).toBe('accounts-1');
  const after = memberContent(ring, 2, 'ACTIVE', keysByAlgorithm.ES256);
  await link.reset(5, [memberContent(ring, 1, 'RETIRING'), after, ring]);
  expect(await kidOf()).toBe('accounts-2');
  link.say({ type: 'revoked', keys: [{ ringId: ring.id, kid: 'accounts-2' }] });
  await expect.poll(async () => (await sign(claims)).status, { timeout: 60_000 }).toBe(unavailable);
  expect((await sign(claims)).text).toBe('Key ring (name: accounts) has no ACTIVE key yet!');
  expect(fieldsOf((await call('FetchKeys')).message).filter(([field]) => field === 1)).toHaveLength(1);
});

test('without its private key or its lease a node signs nothing, and still gives the keys', async () => {
  const ring = ringContent('accounts');
  const { call, sign, node } = await signerWith([ring, memberContent(ring, 1, 'ACTIVE', publicKey())]);
  expect(await sign({ exp: seconds() + 60 })).toMatchObject({
    status: unavailable,
    text: 'This node holds no private keys!',
  });
  expect((await call('FetchKeys')).status).toBe(0);
  expect((await getJson(`${node.url}/status`)).kubernetesSigner).toEqual({
    ring: 'MyProject/accounts',
    problem: 'This node holds no private keys!',
  });
  const leased = ringContent('accounts', { signingLeaseMs: 0 });
  const other = await signerWith([leased, memberContent(leased, 1, 'ACTIVE')]);
  expect(await other.sign({ exp: seconds() + 60 })).toMatchObject({
    status: unavailable,
    text: 'This node has not heard from a manager for PT0S: it does not sign with key ring (name: accounts)!',
  });
});

function publicKey(): Record<string, unknown> {
  const { d: _private, ...members } = keysByAlgorithm.ES256 as Record<string, unknown> & { d?: string };
  return members;
}

test('only its owner may open the socket, unless a mode is given', async () => {
  const { socket, node } = await signerWith([]);
  expect((await stat(socket)).mode & 0o777).toBe(0o600);
  expect(node.kubernetesSigner).toBe(`unix:${socket}`);
  await node.close();
  await expect(stat(socket)).rejects.toMatchObject({ code: 'ENOENT' });
  const wider = await signerWith([], { socketMode: 0o660 });
  expect((await stat(wider.socket)).mode & 0o777).toBe(0o660);
});

test('what is no call of gRPC is refused, and the connection goes on', async () => {
  const ring = ringContent('accounts');
  const { client, call } = await signerWith([ring, memberContent(ring, 1, 'ACTIVE')]);
  const path = '/v1.ExternalJWTSigner/Metadata';
  const nothing = framed(Buffer.alloc(0));
  expect(await grpcCall(client, path, nothing, { 'content-type': 'application/json' })).toMatchObject({
    httpStatus: 415,
  });
  expect(await call('Other')).toMatchObject({ status: unimplemented });
  const compressed = Buffer.from(nothing);
  compressed[0] = 1;
  expect(await grpcCall(client, path, compressed)).toMatchObject({ status: unimplemented });
  expect(await grpcCall(client, path, nothing.subarray(1))).toMatchObject({ status: internal });
  expect(await grpcCall(client, path, Buffer.concat([nothing, nothing]))).toMatchObject({ status: internal });
  expect(await call('Sign', Buffer.alloc(1024 * 1024 + 1))).toMatchObject({ status: resourceExhausted });
  expect(await call('Metadata')).toMatchObject({ status: 0 });
});

test('its calls are counted by method and status, and the metrics show whether it can sign', async () => {
  const ring = ringContent('accounts');
  const { node, call, sign } = await signerWith([ring, memberContent(ring, 1, 'ACTIVE', rsaKey())]);
  await sign({ exp: seconds() + 60 });
  await sign({ exp: seconds() + 60 });
  await sign({ exp: 'never' });
  await call('FetchKeys');
  await call('Unknown');
  const metrics = await (await fetch(`${node.url}/metrics`)).text();
  const counted = (method: string, status: string) =>
    new RegExp(
      `^keyplane_node_kubernetes_signer_calls_total\\{method="${method}",status="${status}"\\} (\\d+)$`,
      'm',
    ).exec(metrics)?.[1];
  expect(counted('Sign', 'OK')).toBe('2');
  expect(counted('Sign', 'INVALID_ARGUMENT')).toBe('1');
  expect(counted('FetchKeys', 'OK')).toBe('1');
  expect(counted('other', 'UNIMPLEMENTED')).toBe('1');
  expect(metrics).toContain('keyplane_node_kubernetes_signer_ready 1\n');
});
