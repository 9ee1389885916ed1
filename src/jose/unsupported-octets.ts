// Binary files that hold a key in the form of another program, by their first octets, and the command that converts each.

import type { Buffer } from 'node:buffer';
import { keystoreForm, type UnsupportedFormat } from './unsupported-formats.ts';
import { openPgpKey } from './unsupported-text.ts';

/** None of these is PEM, text or DER. */
export function unsupportedOctetsFormat(octets: Buffer): UnsupportedFormat | undefined {
  const keystore = javaKeystore(octets);
  return keystore === undefined ? foreignKey(octets) : keystoreForm(keystore);
}

/** JKS and JCEKS, by their first four octets. */
function javaKeystore(octets: Buffer): 'JKS' | 'JCEKS' | undefined {
  const magic = octets.length < 4 ? 0 : octets.readUInt32BE(0);
  if (magic === 0xfeedfeed) return 'JKS';
  return magic === 0xcececece ? 'JCEKS' : undefined;
}

/** Keys of Microsoft and of OpenPGP. */
export function foreignKey(octets: Buffer): UnsupportedFormat | undefined {
  if (octets.length < 16) return undefined;
  if (octets.readUInt32LE(0) === 0xb0b5f11e) return microsoftKey('PVK', 'key.pvk', true);
  // PUBLICKEYSTRUC and RSAPUBKEY of wincrypt.h.
  const magic = octets.toString('latin1', 8, 12);
  const [type, version] = octets;
  if (version === 2 && type === 7 && magic === 'RSA2') return microsoftKey('MSBLOB', 'key.blob', true);
  if (version === 2 && type === 6 && magic === 'RSA1') return microsoftKey('MSBLOB', 'key.blob', false);
  return isOpenPgp(octets) ? openPgpKey : undefined;
}

function microsoftKey(form: 'PVK' | 'MSBLOB', file: string, isPrivate: boolean): UnsupportedFormat {
  const [read, write] = isPrivate ? ['', ''] : [' -pubin', ' -pubout'];
  // A PVK file may be encrypted with RC4.
  const provider = form === 'PVK' ? ' -provider legacy -provider default' : '';
  return {
    what: `a${isPrivate ? ' private' : ' public'} key in the format of Microsoft (${form})`,
    remedy: `Convert it with \`openssl rsa${provider}${read} -inform ${form} -in ${file}${write} -out key.pem\` and upload key.pem as a ${isPrivate ? 'PRIVATE_KEY' : 'PUBLIC_KEY'}`,
  };
}

/** A packet of the type 5 or 6, a secret or a public key, of a known version (RFC 9580 §4.2 and §5.5.2). */
function isOpenPgp(octets: Buffer): boolean {
  const [tag = 0, length = 0] = octets;
  const isNew = (tag & 0xc0) === 0xc0;
  const type = isNew ? tag & 0x3f : (tag >> 2) & 0x0f;
  if (tag < 0x80 || (type !== 5 && type !== 6)) return false;
  const lengthOctets = isNew ? newLengthOctets(length) : [1, 2, 4, 0][tag & 3];
  const version = octets[1 + (lengthOctets ?? 0)] ?? 0;
  return version >= 3 && version <= 6;
}

function newLengthOctets(first: number): number {
  if (first < 192) return 1;
  return first < 224 ? 2 : 5;
}
