// Applications that are known by client certificates, over real TLS with certificates of openssl.

import { createHash, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { copyFile, readFile } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { urisOf } from '../../src/node/operations/callers/client-certificate.ts';
import { until } from '../support/manager.ts';
import { createAuthority, type Pair } from '../tls/support/certificates.ts';
import { callingWorld, signingApplication } from './support/calling-world.ts';
import { applicationContent } from './support/operations.ts';

const path = '/projects/MyProject/key-rings/tokens/sign';
const workload = 'spiffe://example.org/ns/shop/sa/checkout';

interface Presented {
  readonly pair?: Pair;
  readonly bearer?: string;
  readonly authorization?: string;
  readonly agent?: Agent;
}

async function tlsWorld(applications: Parameters<typeof callingWorld>[0], clientCaFile?: string) {
  const authority = await createAuthority();
  onTestFinished(() => authority.remove());
  const tls = await authority.issue('node', ['IP:127.0.0.1']);
  const world = await callingWorld(applications, {
    port: 0,
    tls: { ...tls, clientCaFile: clientCaFile ?? authority.caFile },
  });
  const { port } = new URL(world.url);
  const ca = await readFile(authority.caFile);
  async function statusOf({ pair, bearer, authorization, agent }: Presented, at = path): Promise<number> {
    const keys = pair && { cert: await readFile(pair.certFile), key: await readFile(pair.keyFile) };
    const sent = request({
      host: '127.0.0.1',
      port,
      path: at,
      method: 'POST',
      ca,
      ...keys,
      agent: agent ?? new Agent({ maxCachedSessions: 0 }),
    });
    const header = bearer === undefined ? authorization : `Bearer ${bearer}`;
    if (header !== undefined) sent.setHeader('Authorization', header);
    sent.setHeader('Content-Type', 'application/json');
    sent.end('{"claims":{}}');
    // Of a connection that ends once the response has begun, which `once` no longer hears.
    sent.on('error', () => undefined);
    const [response] = await once(sent, 'response');
    response.resume();
    await once(response, 'end');
    return response.statusCode;
  }
  return { ...world, authority, statusOf };
}

async function spkiSha256Of({ certFile }: Pair): Promise<string> {
  const { publicKey } = new X509Certificate(await readFile(certFile));
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64url');
}

test('a certificate is known by its URI, and only where a CA of the node has signed it', async () => {
  const { authority, statusOf } = await tlsWorld((ring) => [
    signingApplication(ring, { credentials: [{ type: 'MTLS', uriSan: workload }] }),
  ]);
  expect(await statusOf({ pair: await authority.issue('a', [`URI:${workload}`]) })).toBe(200);
  expect(
    await statusOf({ pair: await authority.issue('b', ['DNS:b', `URI:${workload}`, 'URI:urn:x']) }),
  ).toBe(200);
  expect(await statusOf({ pair: await authority.issue('c', [`URI:${workload}/x`]) })).toBe(401);
  expect(await statusOf({ pair: await authority.issue('d', [`DNS:${workload}`]) })).toBe(401);
  const otherAuthority = await createAuthority();
  onTestFinished(() => otherAuthority.remove());
  expect(await statusOf({ pair: await otherAuthority.issue('e', [`URI:${workload}`]) })).toBe(401);
  expect(await statusOf({})).toBe(401);
});

test('a certificate is known by the SHA-256 of its public key', async () => {
  const credentials: { type: 'MTLS'; spkiSha256: string }[] = [];
  const { authority, statusOf, link, contents } = await tlsWorld((ring) => [
    signingApplication(ring, { credentials }),
  ]);
  const [pair, other] = [await authority.issue('a', ['DNS:a']), await authority.issue('b', ['DNS:b'])];
  expect(await statusOf({ pair })).toBe(401);
  const [ring, member, application] = contents;
  const known = {
    ...application,
    credentials: [{ type: 'MTLS', spkiSha256: await spkiSha256Of(pair) }],
  } as NonNullable<typeof application>;
  await link.change(3, [{ revision: 4, put: known }], [ring, member, known] as typeof contents);
  expect(await statusOf({ pair })).toBe(200);
  expect(await statusOf({ pair: other })).toBe(401);
});

test('a revoked credential ends at once, also on a connection that is open', async () => {
  const { authority, statusOf, link, contents } = await tlsWorld((ring) => [
    signingApplication(ring, { credentials: [{ type: 'MTLS', uriSan: workload }] }),
  ]);
  const pair = await authority.issue('a', [`URI:${workload}`]);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  expect(await statusOf({ pair, agent })).toBe(200);
  expect(await statusOf({ pair, agent })).toBe(200);
  const [ring, member, application] = contents;
  const revoked = { ...application, credentials: [] } as unknown as NonNullable<typeof application>;
  await link.change(3, [{ revision: 4, put: revoked }], [ring, member, revoked] as typeof contents);
  expect(await statusOf({ pair, agent })).toBe(401);
});

test('a resumed TLS session has the certificate of its first handshake', async () => {
  const { authority, statusOf } = await tlsWorld((ring) => [
    signingApplication(ring, { credentials: [{ type: 'MTLS', uriSan: workload }] }),
  ]);
  const pair = await authority.issue('a', [`URI:${workload}`]);
  const agent = new Agent({ keepAlive: false, maxCachedSessions: 10 });
  for (let times = 0; times < 4; times += 1) expect(await statusOf({ pair, agent })).toBe(200);
});

test('a CA that is no longer in the file of the node ends the connections of its clients', async () => {
  const [former, next] = [await createAuthority('former'), await createAuthority('next')];
  const clientCaFile = join(former.folder, 'clients.pem');
  await copyFile(former.caFile, clientCaFile);
  const { authority, statusOf } = await tlsWorld(
    (ring) => [signingApplication(ring, { credentials: [{ type: 'MTLS', uriSan: workload }] })],
    clientCaFile,
  );
  onTestFinished(() => Promise.all([former.remove(), next.remove()]).then(() => undefined));
  const pair = await former.issue('a', [`URI:${workload}`]);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  expect(await statusOf({ pair, agent })).toBe(200);
  await copyFile(next.caFile, clientCaFile);
  // The node may end the connection while a request is on its way.
  const statusUnlessReset = () =>
    statusOf({ pair, agent }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ECONNRESET') throw error;
    });
  await until(async () => (await statusUnlessReset()) === 401, 'the former CA ends');
  expect(await statusOf({ pair: await next.issue('b', [`URI:${workload}`]) })).toBe(200);
  expect(await statusOf({ pair: await authority.issue('c', [`URI:${workload}`]) })).toBe(401);
});

test('a certificate that has expired, or that is for servers alone, is rejected', async () => {
  const { authority, statusOf } = await tlsWorld((ring) => [
    signingApplication(ring, { credentials: [{ type: 'MTLS', uriSan: workload }] }),
  ]);
  const names = [`URI:${workload}`];
  expect(await statusOf({ pair: await authority.issue('a', names) })).toBe(200);
  expect(await statusOf({ pair: await authority.issue('b', names, { days: -1 }) })).toBe(401);
  expect(await statusOf({ pair: await authority.issue('c', names, { usage: 'serverAuth' }) })).toBe(401);
});

test('a certificate does not replace a header that names no application', async () => {
  const { authority, statusOf } = await tlsWorld((ring) => [
    signingApplication(ring, { credentials: [{ type: 'MTLS', uriSan: workload }] }),
  ]);
  const pair = await authority.issue('a', [`URI:${workload}`]);
  expect(await statusOf({ pair })).toBe(200);
  expect(await statusOf({ pair, bearer: 'kpa_wrong' })).toBe(401);
  for (const authorization of ['', 'Bearer', 'Bearer ', 'Bearer a.b.c', 'Basic YTpi', 'kpa_wrong']) {
    expect([authorization, await statusOf({ pair, authorization })]).toEqual([authorization, 401]);
  }
});

test('a token names its application also on a connection with the certificate of another', async () => {
  let token = '';
  const { authority, statusOf } = await tlsWorld((ring) => {
    const verifying = applicationContent([{ ...ring, operations: ['VERIFY'] }], { name: 'verifying' });
    token = verifying.token;
    return [
      signingApplication(ring, { credentials: [{ type: 'MTLS', uriSan: workload }] }),
      verifying.content,
    ];
  });
  const pair = await authority.issue('a', [`URI:${workload}`]);
  expect(await statusOf({ pair })).toBe(200);
  expect(await statusOf({ pair, bearer: token })).toBe(403);
});

test('a certificate that fits the credentials of two applications is rejected', async () => {
  const { authority, statusOf } = await tlsWorld((ring) => [
    signingApplication(ring, { name: 'a', credentials: [{ type: 'MTLS', uriSan: 'urn:a' }] }),
    signingApplication(ring, { name: 'b', credentials: [{ type: 'MTLS', uriSan: 'urn:b' }] }),
  ]);
  expect(await statusOf({ pair: await authority.issue('a', ['URI:urn:a']) })).toBe(200);
  expect(await statusOf({ pair: await authority.issue('ab', ['URI:urn:a', 'URI:urn:b']) })).toBe(401);
});

test('a certificate is a credential of the project in the path alone', async () => {
  const { authority, statusOf } = await tlsWorld((ring) => [
    signingApplication(ring, { credentials: [{ type: 'MTLS', uriSan: workload }] }),
  ]);
  const pair = await authority.issue('a', [`URI:${workload}`]);
  expect(await statusOf({ pair }, '/projects/Other/key-rings/tokens/sign')).toBe(401);
});

test('a name that pretends to be a second one does not become a URI', () => {
  expect(urisOf('DNS:a, URI:urn:x, IP Address:127.0.0.1')).toEqual(['urn:x']);
  expect(urisOf('DNS:"a, URI:urn:x"')).toEqual([]);
  expect(urisOf('URI:"urn:x, URI:urn:y", URI:urn:z')).toEqual(['urn:x, URI:urn:y', 'urn:z']);
  expect(urisOf('DNS:"a\\", URI:urn:x')).toEqual([]);
  expect(urisOf('')).toEqual([]);
});
