// Direct use of a shared key as the content encryption key (RFC 7518 §4.5).

import { Buffer } from 'node:buffer';
import { bytes } from '../../../jose/members/base64url.ts';
import { contentEncryption, type EncName, encNames, isEncName } from '../content-encryptions.ts';
import type { KeyManagementAlgorithm } from '../key-management.ts';
import { secretOctets } from './secret-key.ts';

/** A JWK whose `alg` is a content encryption algorithm is used directly with that one (RFC 7517 §4.4). */
export const direct: KeyManagementAlgorithm = (alg, jwk) => {
  const cek = secretOctets(jwk);
  const encs = isEncName(alg) ? [alg] : encNames.filter((enc) => fits(enc, cek));
  return {
    alg: 'dir',
    runsInPool: false,
    encs,
    encsOf: `a key of ${bytes(cek.length)}`,
    boundedEncs: encs.filter((enc) => contentEncryption(enc).boundsUses),
    encrypt: () => ({ cek, header: {}, encryptedKey: Buffer.alloc(0) }),
    // RFC 7516 §5.2, step 10: there is no encrypted key.
    decrypt: ({ enc, encryptedKey }) => (encryptedKey.length === 0 && encs.includes(enc) ? cek : undefined),
  };
};

function fits(enc: EncName, cek: Buffer): boolean {
  return contentEncryption(enc).keyOctets === cek.length;
}
