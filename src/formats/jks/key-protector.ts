// Sun's KeyProtector: the key is combined with a key stream of chained SHA-1 digests over password and salt; a final
// digest over password and key shows whether the password was right.

import { hash, timingSafeEqual } from 'node:crypto';
import { objectIdentifier, octets, readElement, sequence } from '../../asn1/ber.ts';

const keyProtectorOid = '1.3.6.1.4.1.42.2.17.1.1';
const digestBytes = 20;
/** The largest key in use (RSA 16384) has 9 KB; each 20 bytes of a key cost a digest. */
const maxKeyBytes = 64 * 1024;

/** UTF-16, big-endian, without an end. */
export function utf16Password(password: string): Buffer {
  return Buffer.from(password, 'utf16le').swap16();
}

/** The PKCS#8 key, or undefined where the password or the entry is wrong. */
export function unprotectKey(encryptedPrivateKeyInfo: Buffer, password: string): Buffer | undefined {
  const sealed = readSealed(encryptedPrivateKeyInfo);
  if (sealed === undefined) return undefined;
  const passwordBytes = utf16Password(password);
  const key = Buffer.from(sealed.subarray(digestBytes, -digestBytes));
  let digest = sealed.subarray(0, digestBytes);
  for (let offset = 0; offset < key.length; offset += digestBytes) {
    digest = hash('sha1', Buffer.concat([passwordBytes, digest]), 'buffer');
    const stop = Math.min(digestBytes, key.length - offset);
    for (let index = 0; index < stop; index++) {
      key[offset + index] = (key[offset + index] ?? 0) ^ (digest[index] ?? 0);
    }
  }
  const check = hash('sha1', Buffer.concat([passwordBytes, key]), 'buffer');
  return timingSafeEqual(check, sealed.subarray(-digestBytes)) ? key : undefined;
}

/** Salt, key under the key stream, digest. One invalid entry must not make the others unreadable. */
function readSealed(encryptedPrivateKeyInfo: Buffer): Buffer | undefined {
  if (encryptedPrivateKeyInfo.length > maxKeyBytes) return undefined;
  try {
    const [algorithm, data] = sequence(readElement(encryptedPrivateKeyInfo));
    if (objectIdentifier(sequence(algorithm)[0]) !== keyProtectorOid) return undefined;
    const sealed = octets(data);
    return sealed.length > 2 * digestBytes ? sealed : undefined;
  } catch {
    return undefined;
  }
}
