// ML-DSA keys from the API to the nodes: generated, pasted, from files and certificates, in rings, in applications' hands.

import {
  createHash,
  createPrivateKey,
  createPublicKey,
  type JsonWebKey,
  randomBytes,
  X509Certificate,
} from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as jose from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writePkcs12 } from '../../src/formats/pkcs12/write-pkcs12.ts';
import type { RunningNode } from '../../src/node/start-node.ts';
import { makeAkp, publicHalf, without } from '../jose/made-keys.ts';
import { operate } from '../node/support/operations.ts';
import { type Api, startTestManager, type TestManager } from '../support/manager.ts';
import { noCaches } from './rings/support/ring-api.ts';
import { accepted, type Item, type ProjectApi, pemFile, projectApi, refusal } from './support/project-api.ts';
import { makeCurveKey, pemFixture } from './support/sample-keys.ts';

const base = '/apiops/projects/MyProject';
const sets = ['ML-DSA-44', 'ML-DSA-65', 'ML-DSA-87'];
let world: TestManager;
let api: Api;
let node: RunningNode;
let project: ProjectApi;

beforeAll(async () => {
  world = await startTestManager({
    environments: ['gate'],
    settings: { ...noCaches, KEYPLANE_URL_ALLOW: '127.0.0.1' },
  });
  ({ api } = world);
  node = await world.addNode('gate', 'g1', { operations: { port: 0 } });
  project = projectApi(api);
});

afterAll(() => world?.close());

const certificatesOf = (file: string) =>
  pemFixture(file).match(/-----BEGIN[^-]+-----[^-]+-----END[^-]+-----/g) ?? [];
const json = async (path: string) => (await fetch(`${node.url}${path}`)).json() as Promise<Item>;
const publishedAlone = (name: string) => json(`/projects/MyProject/jwks/${name}`);
const kidsOf = async (path: string) => (await json(path)).keys.map(({ kid }: Item) => kid);

async function generate(name: string, akp: Item): Promise<void> {
  accepted(await project.call('POST', 'jwks/generate', { name, type: 'AKP', akp }));
}

describe('a generated ML-DSA key', () => {
  test.for(sets)('of %s is whole, listed as AKP, and published alone', async (alg) => {
    const name = `made-${alg}`;
    await generate(name, { algorithm: alg });
    const shown = await project.jwk(name);
    expect(shown).toMatchObject({ type: 'AKP', algorithm: alg, use: 'sig', sourceType: 'GENERATE' });
    const { pub, priv } = shown.akp;
    expect(shown.akp).toEqual({ kty: 'AKP', alg, use: 'sig', kid: shown.kid, pub, priv });
    const key = createPrivateKey({ key: shown.akp as JsonWebKey, format: 'jwk' });
    expect(createPublicKey(key).export({ format: 'jwk' }).pub).toBe(pub);
    expect(await publishedAlone(name)).toEqual(without(shown.akp, 'priv'));
    expect((await project.jwk(name, '?publicOnly=true')).akp).toEqual(without(shown.akp, 'priv'));
    const { body } = await project.call('GET', `jwks/?type=AKP&search=${name}`);
    expect(body.resultList.map((item: Item) => item.name)).toEqual([name]);
    const pem = await api('GET', `${base}/jwks/${name}/export-file/?format=pem`);
    expect(createPublicKey(String(pem.body)).asymmetricKeyType).toBe(alg.toLowerCase());
  });

  test('is in no set of the project or the environment, beside keys that are', async () => {
    await generate('left-out', { algorithm: 'ML_DSA_65', keyIdType: 'SHA256' });
    const classic = { name: 'classic', type: 'EC', ec: { curveType: 'P256' }, kid: 'classic' };
    accepted(await project.call('POST', 'jwks/generate', classic));
    const { kid } = await publishedAlone('left-out');
    for (const path of ['/projects/MyProject/.well-known/jwks.json', '/.well-known/jwks.json']) {
      const kids = await kidsOf(path);
      expect(kids, path).toContain('classic');
      expect(kids, path).not.toContain(kid);
    }
  });

  test.for<[akp: Item | undefined, text: string]>([
    [undefined, 'akp is required for type AKP!'],
    [{}, 'akp.algorithm is required! Valid values: ML-DSA-44, ML-DSA-65, ML-DSA-87'],
    [
      { algorithm: 'ES256' },
      'Algorithm (ES256) is not valid for AKP keys with use type SIGNATURE! Valid values: ML-DSA-44, ML-DSA-65, ML-DSA-87',
    ],
    [
      { algorithm: 'HashML-DSA-65' },
      'Algorithm (HashML-DSA-65) is not valid for AKP keys with use type SIGNATURE! The pre-hash variants (HashML-DSA) are no algorithms of JOSE (RFC 9964 §7.2). Valid values: ML-DSA-44, ML-DSA-65, ML-DSA-87',
    ],
    [{ algorithm: 'ML-KEM-768' }, 'ML-KEM for JOSE is a draft, which is not supported.'],
    [
      { algorithm: 'ML-DSA-65', keyUseType: 'ENCRYPTION' },
      'Algorithm (ML-DSA-65) is not valid for AKP keys with use type ENCRYPTION! No algorithm of this use type fits AKP keys of ML-DSA-65.',
    ],
    [{ algorithm: 'ML-DSA-65', curveType: 'P256' }, 'Unknown member: curveType in akp!'],
  ])('is not made of %j', async ([akp, text]) => {
    const answer = await project.call('POST', 'jwks/generate', { name: 'never', type: 'AKP', akp });
    expect(refusal(answer)).toContain(text);
  });

  test('has a name of COSE refused with that of JOSE', async () => {
    for (const [cose, name] of [
      ['ESP256', 'ES256'],
      ['ESP384', 'ES384'],
      ['ESP512', 'ES512'],
    ]) {
      const ec = { curveType: 'P256', algorithm: cose };
      const answer = await project.call('POST', 'jwks/generate', { name: 'never', type: 'EC', ec });
      expect(refusal(answer)).toContain(`Algorithm (${cose}) is not valid for EC keys`);
      expect(refusal(answer)).toContain(`${name} is the JOSE name.`);
    }
  });
});

describe('an ML-DSA key that was made elsewhere', () => {
  test('is pasted, with and without its seed, and fetched from a URL', async () => {
    const [one, two] = [makeAkp('ML-DSA-65'), makeAkp('ML-DSA-44')];
    accepted(await project.paste('pasted', { ...one, kid: 'pasted' }));
    expect(await project.material('pasted')).toEqual({ ...one, kid: 'pasted' });
    accepted(await project.paste('pasted-public', publicHalf({ ...two, kid: 'pasted-public' })));
    const third = publicHalf({ ...makeAkp('ML-DSA-87'), kid: 'fetched' });
    const server = createServer((_, response) => response.end(JSON.stringify({ keys: [third] })));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const fetched = await project.create({ name: 'fetched', sourceType: 'URL', url });
    server.close();
    accepted(fetched);
    expect(await publishedAlone('fetched')).toEqual(third);
  });

  test('is refused without alg, whatever the request says', async () => {
    const jwkStr = JSON.stringify(without(makeAkp('ML-DSA-65'), 'alg'));
    for (const more of [{}, { useType: 'SIGNATURE', algorithm: 'ML-DSA-65' }]) {
      const answer = await project.create({ name: 'never', sourceType: 'COPY_PASTE', jwkStr, ...more });
      expect(refusal(answer)).toContain('alg is required in an AKP JWK!');
      expect(answer.body.reason).toBe('KEY_MALFORMED');
    }
  });

  test('is refused with another key’s pub', async () => {
    const { pub = '' } = makeAkp('ML-DSA-65');
    const answer = await project.paste('never', { ...makeAkp('ML-DSA-65'), pub });
    expect(refusal(answer)).toContain('priv is not the seed of pub');
    expect(answer.body.reason).toBe('KEY_NOT_SOUND');
  });

  test('is uploaded as PEM by another program, and becomes a private and a public JWK', async () => {
    const content = pemFixture('ml-dsa-65.key');
    const cryptoKeyInfoEnvironmentList = [{ environmentName: 'gate', content }];
    accepted(
      await project.call('POST', 'keys/', {
        name: 'file',
        keyType: 'PRIVATE_KEY',
        cryptoKeyInfoEnvironmentList,
      }),
    );
    const source = { keyName: 'file', environmentName: 'gate', useType: 'SIGNATURE' };
    const wrong = { ...source, sourceType: 'PRIVATE_KEY', algorithm: 'ML-DSA-44' };
    expect(refusal(await project.create({ name: 'never', ...wrong }))).toBe(
      'Algorithm (ML-DSA-44) is not valid for AKP keys with use type SIGNATURE! Valid values: ML-DSA-65',
    );
    for (const sourceType of ['PRIVATE_KEY', 'PUBLIC_KEY']) {
      accepted(await project.create({ name: sourceType, sourceType, ...source, algorithm: 'ML-DSA-65' }));
    }
    const jwk = createPrivateKey(content).export({ format: 'jwk' }) as Item;
    expect(await project.material('PRIVATE_KEY')).toMatchObject({ ...jwk, use: 'sig' });
    expect(await project.material('PUBLIC_KEY')).not.toHaveProperty('priv');
    expect(await publishedAlone('PUBLIC_KEY')).toMatchObject({ pub: jwk.pub, alg: 'ML-DSA-65' });
  });

  test.for([
    ['ml-dsa-65.pem', 'ML-DSA-65', 'AKP', 2],
    ['ml-dsa-44-by-ec.pem', 'ML-DSA-44', 'AKP', 2],
    ['ec-by-ml-dsa-87.pem', 'ES256', 'EC', 2],
  ] as const)('of %s comes with its certificate and chain', async ([file, algorithm, type, certificates]) => {
    const pem = pemFixture(file);
    const certificateName = file;
    const fields = { certificateName, alias: file, environmentList: 'gate', pemEncodedFile: pemFile(pem) };
    accepted(await project.certificate(fields));
    const source = { sourceType: 'CERTIFICATE', certificateName, environmentName: 'gate' };
    const name = `jwk-of-${file}`;
    const answer = await project.create({ name, ...source, useType: 'SIGNATURE', algorithm });
    accepted(answer);
    expect(answer.body.warnings).toBeUndefined();
    const material = await project.material(name);
    const leaf = new X509Certificate(pem);
    expect(material).toMatchObject({
      ...leaf.publicKey.export({ format: 'jwk' }),
      alg: algorithm,
      'x5t#S256': createHash('sha256').update(leaf.raw).digest('base64url'),
    });
    expect(material.x5c).toHaveLength(certificates);
    expect((await project.jwk(name)).type).toBe(type);
    const encryption = { ...source, useType: 'ENCRYPTION', algorithm };
    expect(refusal(await project.create({ name: 'never', ...encryption }))).toContain('is not valid for');
  });
});

test('an ML-DSA key in a keystore comes with its chain, under its alias', async () => {
  const [leaf, root] = certificatesOf('ml-dsa-65.pem').map((pem) => new X509Certificate(pem));
  if (leaf === undefined || root === undefined) throw new Error('the chain is not whole');
  const key = createPrivateKey(pemFixture('ml-dsa-65.key'));
  const entry = {
    kind: 'PRIVATE_KEY',
    alias: 'signer',
    privateKeyPkcs8: key.export({ type: 'pkcs8', format: 'der' }),
    chain: [leaf.raw, root.raw],
  } as const;
  const file = await writePkcs12([entry], { password: 'sample-pass', random: randomBytes });
  const content = {
    environmentName: 'gate',
    file: file.toString('base64'),
    password: 'sample-pass',
    keyStoreType: 'PKCS12',
  };
  accepted(await project.call('POST', 'keystores/', { name: 'store', keyStoreEnvironmentList: [content] }));
  const answer = await project.create({
    name: 'from-keystore',
    sourceType: 'KEYSTORE',
    keyStoreName: 'store',
    environmentName: 'gate',
    aliasName: 'signer',
    useType: 'SIGNATURE',
    algorithm: 'ML-DSA-65',
  });
  accepted(answer);
  expect(await project.material('from-keystore')).toMatchObject({
    ...key.export({ format: 'jwk' }),
    kid: 'signer',
    x5c: [leaf.raw.toString('base64'), root.raw.toString('base64')],
  });
});

describe('a key ring of ML-DSA keys', () => {
  const both = ['SIGN', 'VERIFY'];
  const policy = { verifierCacheTime: 'PT0S', clockSkew: 'PT0S' };
  const detail = async (path: string) => (await api('GET', `${base}/${path}/`)).body.resultList[0];
  const at = (path: string, token: string, body: unknown) =>
    operate(node.operations[0] ?? '', path, { token, body });

  async function application(name: string, grants: readonly object[]): Promise<string> {
    const { body } = await api('POST', `${base}/applications/`, { name, grants });
    expect(body).toMatchObject({ success: true, deploymentResult: { success: true } });
    return body.token;
  }

  async function ring(name: string, algorithm: string): Promise<void> {
    const body = { name, type: 'AKP', akp: { algorithm }, ...policy };
    accepted(await api('POST', `${base}/key-rings/`, body));
  }

  test('signs at a node what jose and the node verify, before and after a rotation', async () => {
    await ring('pq', 'ML-DSA-65');
    const before = await detail('key-rings/pq');
    expect(before).toMatchObject({
      type: 'AKP',
      use: 'sig',
      akp: { algorithm: 'ML-DSA-65', keyUseType: 'SIGNATURE', keyIdType: 'SHA256' },
      members: [
        { jwkName: 'pq.1', state: 'ACTIVE' },
        { jwkName: 'pq.2', state: 'NEXT' },
      ],
    });
    const token = await application('signer', [{ keyRingName: 'pq', operations: both }]);
    const first = (await at('key-rings/pq/sign', token, { claims: { sub: 'ada' } })).body;
    await verifiedByJose(first.jws, 'pq.1');
    accepted(await api('POST', `${base}/key-rings/pq/rotate`, {}));
    const second = (await at('key-rings/pq/sign', token, { claims: { sub: 'ada' } })).body;
    expect(second.kid).not.toBe(first.kid);
    await verifiedByJose(second.jws, 'pq.2');
    for (const { jws } of [first, second]) {
      const verified = await at('key-rings/pq/verify', token, { jws });
      expect(verified.body).toMatchObject({ valid: true, claims: { sub: 'ada' } });
    }
    const changed = `${first.jws.slice(0, -4)}AAAA`;
    expect((await at('key-rings/pq/verify', token, { jws: changed })).body).toMatchObject({
      valid: false,
      reason: 'SIGNATURE',
    });
    const { body } = await api('GET', `${base}/key-rings/pq/timeline`);
    expect(body.resultList.length).toBeGreaterThan(3);
  });

  async function verifiedByJose(jws: string, name: string): Promise<void> {
    const jwk = await publishedAlone(name);
    const { payload, protectedHeader } = await jose.jwtVerify(jws, await jose.importJWK(jwk), {
      algorithms: ['ML-DSA-65'],
    });
    expect(payload.sub).toBe('ada');
    expect(protectedHeader).toMatchObject({ alg: 'ML-DSA-65', kid: jwk.kid });
  }

  test('goes on with keys of another parameter set, and issues tokens by a profile', async () => {
    await ring('issuing', 'ML-DSA-44');
    const profile = {
      name: 'issued',
      keyRingName: 'issuing',
      issuer: 'https://issuer.example',
      audiences: ['https://api.example'],
      lifetime: 'PT5M',
      subject: { mode: 'FIXED', value: 'service' },
    };
    accepted(await api('POST', `${base}/token-profiles/`, profile));
    const token = await application('issuer', [{ tokenProfileName: 'issued', operations: ['ISSUE'] }]);
    const issued = await at('token-profiles/issued/tokens', token, {});
    expect(issued.status, JSON.stringify(issued.body)).toBe(200);
    const text: string = issued.body.token ?? issued.body.jws;
    expect(jose.decodeProtectedHeader(text)).toMatchObject({ alg: 'ML-DSA-44' });
    const key = await jose.importJWK(await publishedAlone('issuing.1'));
    expect((await jose.jwtVerify(text, key)).payload).toMatchObject({ sub: 'service' });
    const next = { akp: { algorithm: 'ML-DSA-87' } };
    accepted(await api('PUT', `${base}/key-rings/issuing/`, next));
    const { members } = await detail('key-rings/issuing');
    expect(members.at(-1)).toMatchObject({ state: 'NEXT', algorithm: 'ML-DSA-87' });
  });

  test('adopts an ML-DSA key that exists, and goes on with keys like it', async () => {
    accepted(await project.paste('grown', { ...makeAkp('ML-DSA-87'), kid: 'grown', use: 'sig' }));
    accepted(await api('POST', `${base}/jwks/grown/adopt`, { ringName: 'adult', ...policy }));
    expect(await detail('key-rings/adult')).toMatchObject({
      type: 'AKP',
      akp: { algorithm: 'ML-DSA-87' },
      members: [
        { kid: 'grown', state: 'ACTIVE' },
        { algorithm: 'ML-DSA-87', state: 'NEXT' },
      ],
    });
  });

  test('authenticates an application by its JWTs', async () => {
    const key = { ...makeAkp('ML-DSA-65'), kid: 'issuer-key', use: 'sig' };
    const server = createServer((_, response) =>
      response.end(JSON.stringify({ keys: [publicHalf(key as never)] })),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const jwksUri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const credential = {
      type: 'JWT',
      issuer: 'https://issuer.example',
      audience: 'keyplane',
      subject: 'workload',
      jwksUri,
    };
    await ring('called', 'ML-DSA-44');
    const created = await api('POST', `${base}/applications/`, {
      name: 'caller',
      credentials: [credential],
      grants: [{ keyRingName: 'called', operations: both }],
    });
    server.close();
    expect(created.body).toMatchObject({ success: true });
    const assertion = await new jose.SignJWT({})
      .setProtectedHeader({ alg: 'ML-DSA-65', kid: 'issuer-key' })
      .setIssuer('https://issuer.example')
      .setAudience('keyplane')
      .setSubject('workload')
      .setIssuedAt()
      .setExpirationTime('5m')
      .setJti('once')
      .sign(await jose.importJWK(key as never));
    const signed = await at('key-rings/called/sign', assertion, { claims: {} });
    expect(signed.status, JSON.stringify(signed.body)).toBe(200);
  });
});

describe('Ed25519 and Ed448 as algorithm names', () => {
  test.for([
    ['ED25519', 'Ed25519'],
    ['ED448', 'Ed448'],
  ])('are asked for with a key on %s', async ([curveType, algorithm]) => {
    const name = `named-${algorithm}`;
    accepted(
      await project.call('POST', 'jwks/generate', { name, type: 'OKP', okp: { curveType, algorithm } }),
    );
    expect(await publishedAlone(name)).toMatchObject({ kty: 'OKP', alg: algorithm, crv: algorithm });
    const jwkStr = JSON.stringify(makeCurveKey(algorithm as 'Ed25519'));
    const body = { sourceType: 'COPY_PASTE', jwkStr, useType: 'SIGNATURE', algorithm };
    accepted(await project.create({ name: `pasted-${algorithm}`, ...body }));
    const other = algorithm === 'Ed25519' ? 'Ed448' : 'Ed25519';
    expect(refusal(await project.create({ name: 'never', ...body, algorithm: other }))).toContain(
      `Algorithm (${other}) is not valid for OKP keys with use type SIGNATURE! Valid values: EdDSA, ${algorithm}`,
    );
  });

  test('change the keys of a ring by a rotation: the ACTIVE key stays what it is', async () => {
    const policy = { verifierCacheTime: 'PT0S', clockSkew: 'PT0S' };
    const body = { name: 'edwards', type: 'OKP', okp: { curveType: 'ED25519' }, ...policy };
    accepted(await api('POST', `${base}/key-rings/`, body));
    const okp = { curveType: 'ED25519', algorithm: 'Ed25519' };
    accepted(await api('PUT', `${base}/key-rings/edwards/`, { okp }));
    const states = async () => {
      const [{ members }] = (await api('GET', `${base}/key-rings/edwards/`)).body.resultList;
      const inUse = members.filter(({ state }: Item) => state !== 'RETIRED');
      return inUse.map(({ state, algorithm }: Item) => [state, algorithm]);
    };
    expect(await states()).toEqual([
      ['ACTIVE', 'EdDSA'],
      ['NEXT', 'Ed25519'],
    ]);
    accepted(await api('POST', `${base}/key-rings/edwards/rotate`, {}));
    expect((await states()).slice(0, 2)).toEqual([
      ['RETIRING', 'EdDSA'],
      ['ACTIVE', 'Ed25519'],
    ]);
  });
});
