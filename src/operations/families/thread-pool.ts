import { Buffer } from 'node:buffer';
import {
  type KeyObject,
  type SignKeyObjectInput,
  sign,
  type VerifyKeyObjectInput,
  verify,
} from 'node:crypto';
import type { SigningInput } from '../signature-algorithm.ts';

/** Signs in the thread pool. @param digest null where the algorithm has its own (RFC 8032) */
export function signInPool(
  digest: string | null,
  key: KeyObject | SignKeyObjectInput,
  input: SigningInput,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    sign(digest, octetsOf(input), key, (error, signature) => (error ? reject(error) : resolve(signature)));
  });
}

/** Verifies in the thread pool. */
export function verifyInPool(
  digest: string | null,
  key: KeyObject | VerifyKeyObjectInput,
  { input, signature }: { readonly input: SigningInput; readonly signature: Buffer },
): Promise<boolean> {
  return new Promise((resolve, reject) => {
    verify(digest, octetsOf(input), key, signature, (error, isValid) =>
      error ? reject(error) : resolve(isValid),
    );
  });
}

/** What is signed is ASCII. */
function octetsOf(input: SigningInput): Buffer {
  return typeof input === 'string' ? Buffer.from(input, 'latin1') : input;
}
