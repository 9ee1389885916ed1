// Names the format of a file that is no supported keystore, so that the user knows what to do with it.
// Guesses from the first bytes only; the result is words, never a decision.

import { asn1Tag, nestedContent } from '../asn1/element.ts';
import { sniffDer } from '../asn1/sniff-der.ts';
import { decodeText, parsePem, pemTextOf } from '../jose/pem.ts';
import { contentLabel, encodingOf } from '../jose/pem-content.ts';
import {
  base64Keystore,
  type Encoding,
  pemKeystore,
  type UnsupportedFormat,
  unsupportedFormats,
  unsupportedKeystoreText,
  unsupportedText,
} from '../jose/unsupported-formats.ts';
import { foreignKey } from '../jose/unsupported-octets.ts';
import { unsupportedTextFormat } from '../jose/unsupported-text.ts';
import { keystoreTypeOf } from './keystore-type-of.ts';

/** Longer text is not read. */
const longestText = 131_072;
const noKeystore = 'The file is not a JKS or PKCS12 keystore!';

/** One public sentence or two. */
export function describeUnsupportedFile(file: Uint8Array): string {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.length);
  const head = bytes.subarray(0, 64);
  if (startsWith(head, [0xce, 0xce, 0xce, 0xce])) return unsupportedKeystoreText('JCEKS');
  if (isBksOrUber(head)) return unsupportedKeystoreText(hasBksEntry(bytes) ? 'BKS' : 'UBER');
  const pem = bytes.length > longestText ? undefined : pemTextOf(bytes);
  if (pem !== undefined) return describePem(pem);
  const form = foreignKey(bytes) ?? textForm(bytes);
  if (form !== undefined) return unsupportedText('The file', form);
  const found = sniffDer(bytes)?.label;
  // Its first tags are those of a revocation list of version 1, too.
  if (found === undefined && isBcfks(head)) return unsupportedKeystoreText('BCFKS');
  return describeContent(found, 'DER') ?? noKeystore;
}

/** A keystore that was not decoded, or a key of another program. */
function textForm(bytes: Buffer): UnsupportedFormat | undefined {
  const compact = bytes.toString('latin1', 0, 256).replace(/\s+/g, '');
  const [start = ''] = /^[A-Za-z0-9+/]{64}/.exec(compact) ?? [];
  const type = keystoreTypeOf(Buffer.from(start, 'base64'));
  return type === undefined
    ? unsupportedTextFormat(decodeText(bytes.subarray(0, longestText)))
    : base64Keystore(type);
}

function describePem(text: string): string {
  const several = unsupportedText('The file', pemKeystore);
  try {
    const [block, another] = parsePem(text, 'The file');
    if (block === undefined || another !== undefined) return several;
    return describeContent(contentLabel(block), encodingOf(block)) ?? several;
  } catch {
    return several;
  }
}

/** @param found the label of what it holds */
function describeContent(found: string | undefined, encoding: Encoding): string | undefined {
  if (found?.endsWith('CERTIFICATE') && found !== 'TRUSTED CERTIFICATE')
    return 'The file is a certificate, not a keystore! Upload it as a certificate.';
  if (found?.endsWith('KEY')) return 'The file is a key, not a keystore! Upload it as a key.';
  const form = unsupportedFormats.get(found ?? '')?.(encoding);
  return form && unsupportedText('The file', form);
}

function startsWith(head: Buffer, magic: readonly number[]): boolean {
  return magic.every((byte, index) => head[index] === byte);
}

/** Bouncy Castle's BKS and UBER: version 1 or 2, then a salt of a plausible length, as two 32-bit numbers. */
function isBksOrUber(head: Buffer): boolean {
  if (head.length < 8) return false;
  const version = head.readUInt32BE(0);
  const saltBytes = head.readUInt32BE(4);
  return (version === 1 || version === 2) && saltBytes >= 8 && saltBytes <= 64;
}

const maxAliasBytes = 1024;

/**
 * Behind salt and iteration count BKS has its entries in the clear, UBER an encrypted stream. An entry is a type from 1 to
 * 4, an alias, and a date, whose upper bytes are zero; type 0 ends them.
 */
function hasBksEntry(file: Buffer): boolean {
  const start = 8 + file.readUInt32BE(4) + 4;
  const type = file[start];
  if (type === 0) return file.length === start + 1 + 20;
  if (type === undefined || type > 4 || start + 3 > file.length) return false;
  const aliasBytes = file.readUInt16BE(start + 1);
  const date = start + 3 + aliasBytes;
  return aliasBytes <= maxAliasBytes && date + 8 <= file.length && file.readUInt16BE(date) === 0;
}

/** Bouncy Castle's BCFKS: SEQUENCE { SEQUENCE { SEQUENCE { OBJECT IDENTIFIER …, one level deeper than anything else. */
function isBcfks(head: Buffer): boolean {
  const { sequence, oid } = asn1Tag;
  const start = nestedContent(head, [sequence, sequence, sequence]);
  return start !== undefined && head[start] === oid;
}
