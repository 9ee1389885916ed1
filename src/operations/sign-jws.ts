import type { Buffer } from 'node:buffer';
import { encodePart } from './compact-jws.ts';
import type { OperationKey } from './operation-key.ts';

/** A key with its protected headers, which are the same for every signature. */
export interface Signer {
  readonly kid: string | undefined;
  /** base64url. */
  readonly headerOfJwt: string;
  /** base64url; of a payload that is no JWT. */
  readonly headerOfPayload: string;
  readonly key: OperationKey;
}

export function createSigner(key: OperationKey): Signer {
  const header = { alg: key.algorithmName, ...(key.kid !== undefined && { kid: key.kid }) };
  return {
    kid: key.kid,
    headerOfJwt: encodePart(JSON.stringify({ ...header, typ: 'JWT' })),
    headerOfPayload: encodePart(JSON.stringify(header)),
    key,
  };
}

/** JWS compact serialisation (RFC 7515 §7.1). @param header one of the signer's */
export function signJws(
  { key: { algorithm, key } }: Signer,
  header: string,
  payload: string | Buffer,
): string | Promise<string> {
  const input = `${header}.${encodePart(payload)}`;
  const signature = algorithm.sign(key, input);
  if (signature instanceof Promise) return signature.then((octets) => serialised(input, octets));
  return serialised(input, signature);
}

function serialised(input: string, signature: Buffer): string {
  return `${input}.${signature.toString('base64url')}`;
}
