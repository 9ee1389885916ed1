// The yardstick of sign: bare node:http with crypto.sign, which reads the claims, adds what a node adds, and answers with the
// same members. The first message says with which algorithm; every later one requests the processor time used so far, in
// microseconds.

import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface BareSignerOrder {
  readonly alg: 'ES256' | 'RS256';
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function serve({ alg }: BareSignerOrder): Promise<string> {
  const { privateKey } =
    alg === 'ES256'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: 2048 });
  const kid = 'kid-of-as-many-letters-as-a-thumbprint-has-';
  const header = Buffer.from(JSON.stringify({ alg, kid, typ: 'JWT' })).toString('base64url');
  const server = createServer(async (request, response) => {
    const { claims } = JSON.parse(await textOf(request));
    const iat = Math.floor(Date.now() / 1000);
    const payload = JSON.stringify({ ...claims, iat, exp: iat + 300, jti: randomUUID() });
    const input = `${header}.${Buffer.from(payload).toString('base64url')}`;
    const key = { key: privateKey, dsaEncoding: 'ieee-p1363' } as const;
    sign('sha256', Buffer.from(input), key, (_, signature) => {
      const jws = `${input}.${signature.toString('base64url')}`;
      const expiresAt = `${new Date((iat + 300) * 1000).toISOString().slice(0, 19)}Z`;
      const body = JSON.stringify({ success: true, jws, kid, expiresAt });
      response.writeHead(200, {
        'Content-Type': 'application/json; charset=utf-8',
        'Cache-Control': 'no-store',
        'Content-Length': Buffer.byteLength(body),
      });
      response.end(body);
    });
  });
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () =>
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    ),
  );
}

let isTold = false;
process.on('message', (message: BareSignerOrder) => {
  if (isTold) {
    const { user, system } = process.cpuUsage();
    process.send?.(user + system);
    return;
  }
  isTold = true;
  void serve(message).then((url) => process.send?.(url));
});
process.once('disconnect', () => process.exit());
