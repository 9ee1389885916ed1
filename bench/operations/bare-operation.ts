// The yardstick of operations: bare node:http with the primitive of node:crypto, which reads the request, does what a node does
// with it and answers with the same members. The first message says what it is to do; every later one requests the processor
// time used so far, in microseconds.

import {
  createDecipheriv,
  createHmac,
  createPublicKey,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
  randomUUID,
  sign,
  timingSafeEqual,
  verify,
} from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export type SignedWith = 'ES256' | 'RS256' | 'EdDSA' | 'HS256' | 'ML-DSA-65';

export type BareOrder =
  | { readonly operation: 'SIGN'; readonly alg: SignedWith }
  | {
      readonly operation: 'VERIFY';
      readonly alg: 'ES256' | 'ML-DSA-65';
      readonly jwk: Readonly<Record<string, unknown>>;
    }
  | { readonly operation: 'DECRYPT'; readonly key: string };

type Answer = (body: Record<string, unknown>) => Promise<Record<string, unknown>>;

const kid = 'kid-of-as-many-letters-as-a-thumbprint-has-';

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function encoded(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function signInPool(digest: string | null, input: string, key: KeyObject): Promise<Buffer> {
  const given = digest === null ? key : { key, dsaEncoding: 'ieee-p1363' as const };
  return new Promise((resolve, reject) => {
    sign(digest, Buffer.from(input), given, (error, octets) => (error ? reject(error) : resolve(octets)));
  });
}

/** The algorithm includes its hash function. */
function digestOf(alg: SignedWith): string | null {
  return alg === 'EdDSA' || alg === 'ML-DSA-65' ? null : 'sha256';
}

function signer(alg: SignedWith): Answer {
  const header = encoded({ alg, kid, typ: 'JWT' });
  const secret = Buffer.alloc(32, 7);
  const privateKey = alg === 'HS256' ? undefined : privateKeyFor(alg);
  return async ({ claims }) => {
    const iat = Math.floor(Date.now() / 1000);
    const input = `${header}.${encoded({ ...(claims as object), iat, exp: iat + 300, jti: randomUUID() })}`;
    const signature =
      privateKey === undefined
        ? createHmac('sha256', secret).update(input).digest()
        : await signInPool(digestOf(alg), input, privateKey);
    const expiresAt = `${new Date((iat + 300) * 1000).toISOString().slice(0, 19)}Z`;
    return { success: true, jws: `${input}.${signature.toString('base64url')}`, kid, expiresAt };
  };
}

function privateKeyFor(alg: Exclude<SignedWith, 'HS256'>): KeyObject {
  if (alg === 'ML-DSA-65') return generateKeyPairSync('ml-dsa-65').privateKey;
  if (alg === 'EdDSA') return generateKeyPairSync('ed25519').privateKey;
  if (alg === 'RS256') return generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
}

function verifier(alg: SignedWith, jwk: Readonly<Record<string, unknown>>): Answer {
  const key = createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' });
  const digest = digestOf(alg);
  return async ({ jws }) => {
    const [header = '', payload = '', signature = ''] = String(jws).split('.');
    const isValid = await new Promise<boolean>((resolve, reject) => {
      const given = digest === null ? key : { key, dsaEncoding: 'ieee-p1363' as const };
      const octets = Buffer.from(signature, 'base64url');
      verify(digest, Buffer.from(`${header}.${payload}`), given, octets, (error, valid) =>
        error ? reject(error) : resolve(valid),
      );
    });
    const parsed = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString());
    return { valid: isValid, kid, keyState: 'ACTIVE', header: parsed(header), claims: parsed(payload) };
  };
}

function decrypter(keyText: string): Answer {
  const key = Buffer.from(keyText, 'base64url');
  const known = Buffer.from('dir');
  return async ({ jwe }) => {
    const [header = '', , iv = '', ciphertext = '', tag = ''] = String(jwe).split('.');
    const parsed = JSON.parse(Buffer.from(header, 'base64url').toString());
    if (!timingSafeEqual(Buffer.from(String(parsed.alg)), known)) throw new Error('another algorithm');
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(iv, 'base64url'));
    decipher.setAAD(Buffer.from(header)).setAuthTag(Buffer.from(tag, 'base64url'));
    const plaintext = Buffer.concat([
      decipher.update(Buffer.from(ciphertext, 'base64url')),
      decipher.final(),
    ]);
    return { success: true, plaintextBase64: plaintext.toString('base64'), header: parsed, kid };
  };
}

function answerTo(order: BareOrder): Answer {
  switch (order.operation) {
    case 'SIGN':
      return signer(order.alg);
    case 'VERIFY':
      return verifier(order.alg, order.jwk);
    case 'DECRYPT':
      return decrypter(order.key);
    default:
      return order satisfies never;
  }
}

function serve(order: BareOrder): Promise<string> {
  const answer = answerTo(order);
  const server = createServer(async (request, response) => {
    const body = JSON.stringify(await answer(JSON.parse(await textOf(request))));
    response.writeHead(200, {
      'Content-Type': 'application/json; charset=utf-8',
      'Cache-Control': 'no-store',
      'Content-Length': Buffer.byteLength(body),
    });
    response.end(body);
  });
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () =>
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    ),
  );
}

let hasOrder = false;
process.on('message', (message: BareOrder) => {
  if (hasOrder) {
    const { user, system } = process.cpuUsage();
    process.send?.(user + system);
    return;
  }
  hasOrder = true;
  void serve(message).then((url) => process.send?.(url));
});
process.once('disconnect', () => process.exit());
