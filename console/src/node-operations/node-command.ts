import type { Grant } from '../../../clients/typescript/src/index.ts';

type Operation = Grant['operations'][number];

/** A key ring, a JWK outside of any, or a token profile. */
export type CommandTarget = Pick<Grant, 'keyRingName' | 'jwkName' | 'tokenProfileName'>;

/** Which call shows an operation, and an example of its body. */
const calls: Readonly<Record<Operation, readonly [path: string, body: object]>> = Object.freeze({
  SIGN: ['sign', { claims: { sub: 'someone' } }],
  SIGN_RAW: ['sign', { payload: '{"amount": "165.88"}', detached: true }],
  VERIFY: ['verify', { jws: 'eyJ…' }],
  ENCRYPT: ['encrypt', { plaintext: 'a message' }],
  DECRYPT: ['decrypt', { jwe: 'eyJ…' }],
  MAC: ['mac', { dataBase64: 'YSBtZXNzYWdl' }],
  ISSUE: ['tokens', {}],
});

/** Has a node do an operation; NODE and the token are for the reader to fill in. */
export function nodeCommandLine(
  projectName: string,
  { keyRingName, jwkName, tokenProfileName }: CommandTarget,
  operation: Operation,
): string {
  const [call, body] = calls[operation];
  const key =
    keyRingName !== undefined
      ? ['key-rings', keyRingName]
      : tokenProfileName !== undefined
        ? ['token-profiles', tokenProfileName]
        : ['jwks', jwkName ?? ''];
  const path = ['projects', projectName, ...key, call].map(encodeURIComponent).join('/');
  return [
    `curl -X POST 'http://NODE/${path}'`,
    `  -H "Authorization: Bearer $TOKEN"`,
    `  -H 'Content-Type: application/json'`,
    `  -d '${JSON.stringify(body)}'`,
  ].join(' \\\n');
}
