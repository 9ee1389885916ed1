// The content of a stored key, PEM or base64 of PEM or of DER, to a raw JWK: PKCS#1, PKCS#8, SEC 1, SPKI and OpenSSH.
// What the DER is decides, not the label around it: writers confuse labels. Refuses several keys, trailing text,
// certificates, forms that need a conversion, and every key that no JOSE algorithm uses.

import type { Buffer } from 'node:buffer';
import { readDer } from '../asn1/der.ts';
import { Asn1Error } from '../asn1/element.ts';
import { sniffDer } from '../asn1/sniff-der.ts';
import { badRequest, type KeyplaneError } from '../errors.ts';
import { ExpandedKeyError } from './der/akp-form.ts';
import { HybridPointError } from './der/ec-form.ts';
import { type DerKey, readEcParameters, readEcPrivateKey, readPkcs8, readSpki } from './der/key-der.ts';
import { ExplicitCurveError } from './der/named-curve.ts';
import { readRsaPrivateKey, readRsaPublicKey } from './der/rsa-form.ts';
import type { KeyRestriction } from './der/rsa-pss.ts';
import type { JsonObject } from './json.ts';
import type { KeystoreOrigin } from './keystore-key-command.ts';
import { decodeBase64 } from './members/base64url.ts';
import { isEncryptedOpenSshKey, isOpenSshKey, readOpenSshKey } from './openssh-key.ts';
import { decodeText, type PemBlock, parsePem, pemTextOf } from './pem.ts';
import { contentLabel, encodingOf } from './pem-content.ts';
import { shown } from './shown.ts';
import {
  certificateForKey,
  type EcKeyPlace,
  type Encoding,
  expandedKey,
  explicitCurve,
  hybridPoint,
  keyAloneRemedy,
  mislabelledOpenSsh,
  type UnsupportedFormat,
  unsupportedFormats,
  unsupportedText,
} from './unsupported-formats.ts';
import { unsupportedOctetsFormat } from './unsupported-octets.ts';
import { unsupportedTextFormat } from './unsupported-text.ts';

export interface KeyContent {
  /** Not checked for soundness; holds secrets if it is of a secret kind. */
  readonly jwk: JsonObject;
  readonly kind: 'PUBLIC_KEY' | 'PRIVATE_KEY';
  readonly restriction?: KeyRestriction;
}

/** A private key that a passphrase closes. */
export interface EncryptedKey {
  /** `ENCRYPTED PRIVATE KEY` (RFC 5958 §3), or the label of the key that is inside. */
  readonly label: string;
  readonly der: Buffer;
  /** DEK-Info of RFC 1421 §4.6.1.3, of a traditional block alone. */
  readonly encryption?: string;
  readonly encoding: Encoding;
}

const what = 'Key content';
const longestContent = 131_072;
/** PEM label of an encrypted PKCS#8 key. */
export const encryptedKeyLabel = 'ENCRYPTED PRIVATE KEY';

interface Reader {
  readonly kind: KeyContent['kind'];
  readonly read: (der: Buffer, curve: string | undefined) => DerKey;
}

const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['PUBLIC KEY', { kind: 'PUBLIC_KEY', read: readSpki }],
  ['RSA PUBLIC KEY', { kind: 'PUBLIC_KEY', read: (der) => ({ jwk: readRsaPublicKey(der) }) }],
  ['PRIVATE KEY', { kind: 'PRIVATE_KEY', read: readPkcs8 }],
  ['RSA PRIVATE KEY', { kind: 'PRIVATE_KEY', read: (der) => ({ jwk: readRsaPrivateKey(der) }) }],
  ['EC PRIVATE KEY', { kind: 'PRIVATE_KEY', read: (der, curve) => ({ jwk: readEcPrivateKey(der, curve) }) }],
  ['OPENSSH PRIVATE KEY', { kind: 'PRIVATE_KEY', read: (bytes) => ({ jwk: readOpenSshKey(bytes, what) }) }],
]);

const otherLabels: ReadonlyMap<string, string> = new Map([
  ['DSA PRIVATE KEY', 'a DSA key, which no JOSE algorithm uses'],
  ['DH PARAMETERS', 'Diffie-Hellman parameters'],
  ['EC PARAMETERS', 'EC parameters without a key'],
]);

interface KeyBlock extends PemBlock {
  readonly encoding: Encoding;
  /** Where it is, of a key in a keystore. */
  readonly origin?: KeystoreOrigin | undefined;
  /** What an EC PARAMETERS block in front of it names. */
  readonly curve?: () => string;
}

/** The PKCS#8 of a keystore's entry. @throws KeyplaneError bad_request, with commands that read the keystore */
export function jwkFromKeystoreKey(pkcs8: Buffer, origin: KeystoreOrigin | undefined): KeyContent {
  return readKeyBlock({ ...keyBlock(pkcs8.toString('base64')), origin });
}

/** @throws KeyplaneError bad_request that says what was found and what is accepted */
export function jwkFromKeyContent(content: string): KeyContent {
  return readKeyBlock(keyBlock(content));
}

function readKeyBlock(key: KeyBlock): KeyContent {
  if (isEncrypted(key)) throw passphraseRequired();
  const reader = readerOf(key);
  return damagedAsBadRequest({ ...key, half: reader.kind === 'PUBLIC_KEY' ? 'PUBLIC' : 'PRIVATE' }, () => {
    const { jwk, restriction } = reader.read(key.der, key.curve?.());
    return restriction === undefined ? { jwk, kind: reader.kind } : { jwk, kind: reader.kind, restriction };
  });
}

/** Undefined for content that no passphrase closes. @throws KeyplaneError bad_request for what holds no key */
export function encryptedKeyIn(content: string): EncryptedKey | undefined {
  const { label, der, encryption, encoding, curve: _, ...rest } = keyBlock(content);
  const key = { ...rest, label, der, encoding, ...(encryption !== undefined && { encryption }) };
  return isEncrypted(key)
    ? { ...key, label: encryption === undefined ? encryptedKeyLabel : label }
    : undefined;
}

export function passphraseRequired(): KeyplaneError {
  return badRequest(`${what} is encrypted: passphrase is required!`, {
    reason: 'FIELD_REQUIRED',
    member: 'passphrase',
  });
}

function isEncrypted(block: PemBlock): boolean {
  return block.encryption !== undefined || contentLabel(block) === encryptedKeyLabel;
}

function readerOf(block: KeyBlock): Reader {
  const { label, der, encoding } = block;
  const found = contentLabel(block);
  // `ssh-keygen` reads it by its label.
  if (encoding === 'MISLABELLED' && isEncryptedOpenSshKey(der)) throw notSupported(mislabelledOpenSsh);
  const foreign = unsupportedFormats.get(found);
  if (foreign !== undefined) throw notSupported(foreign(encoding));
  if (found.endsWith('CERTIFICATE')) throw notSupported(certificateForKey(encoding));
  const reader = readers.get(found) ?? readers.get(label);
  if (reader !== undefined) return reader;
  const name = otherLabels.get(label) ?? `a PEM block of the kind ${shown(label)}`;
  throw badRequest(
    `${what} is ${name}! Accepted PEM blocks: ${[...readers.keys(), encryptedKeyLabel].join(', ')}`,
  );
}

function notSupported(form: UnsupportedFormat): KeyplaneError {
  return badRequest(unsupportedText(what, form), { reason: 'FORM_NOT_SUPPORTED' });
}

/** The one key of the content. */
function keyBlock(content: string): KeyBlock {
  if (content.length > longestContent)
    throw badRequest(`${what} has ${content.length} characters; at most ${longestContent} are accepted`);
  const { blocks, encoding } = blocksOf(content);
  // `openssl ecparam -genkey` writes its parameters in front of the key.
  const parameters = blocks.find(({ label }) => label === 'EC PARAMETERS');
  const others = blocks.filter((block) => block !== parameters);
  if (others.length > 1) throw severalBlocks(others);
  const [key = parameters] = others;
  if (key === undefined) throw badRequest(`${what} holds no key`);
  const block = { ...key, encoding: encoding === 'DER' ? encoding : encodingOf(key) };
  if (parameters === undefined || key === parameters) return block;
  return { ...block, curve: () => readEcParameters(parameters.der) };
}

/** Of several keys it is unclear which one is meant. One beside blocks of other kinds is taken out by a command. */
function severalBlocks(blocks: readonly PemBlock[]): KeyplaneError {
  const labels = blocks.map(({ label }) => shown(label)).join(', ');
  const text = `${what} has ${blocks.length} PEM blocks (${labels}); exactly one key is accepted`;
  const ofKind = (kind: string) => blocks.filter((block) => contentLabel(block).endsWith(kind));
  const privateKeys = ofKind('PRIVATE KEY');
  const [key, ...more] = privateKeys.length > 0 ? privateKeys : ofKind('PUBLIC KEY');
  if (key === undefined || more.length > 0 || encodingOf(key) !== 'PEM') return badRequest(text);
  // A command that selects by label would take a block of another kind under the same one, too.
  if (blocks.some((block) => block !== key && block.label === key.label)) return badRequest(text);
  const remedy = keyAloneRemedy(key.label, isEncrypted(key));
  return badRequest(`${text}! ${remedy}`, { reason: 'FORM_NOT_SUPPORTED' });
}

function blocksOf(content: string): { blocks: readonly PemBlock[]; encoding: Encoding } {
  refuseOtherText(content.trimStart());
  if (content.includes('-----BEGIN')) return { blocks: parsePem(content, what), encoding: 'PEM' };
  const octets = decodeBase64(content.replace(/\s+/g, ''));
  if (octets === undefined) {
    throw badRequest(`${what} is neither PEM (-----BEGIN ...) nor base64 of PEM or of DER`);
  }
  refuseOtherText(decodeText(octets).trimStart());
  const pem = pemTextOf(octets);
  if (pem !== undefined) return { blocks: parsePem(pem, what), encoding: 'PEM' };
  if (isOpenSshKey(octets))
    return { blocks: [{ label: 'OPENSSH PRIVATE KEY', der: octets }], encoding: 'DER' };
  const form = unsupportedOctetsFormat(octets);
  if (form !== undefined) throw notSupported(form);
  const sniffed = sniffDer(octets);
  if (sniffed !== undefined) return { blocks: [{ label: sniffed.label, der: octets }], encoding: 'DER' };
  if (octets[0] === 0x30) damagedAsBadRequest({ half: 'PRIVATE', encoding: 'DER' }, () => readDer(octets));
  throw badRequest(`${what} is base64, but neither of PEM nor of a key in DER`);
}

/** What people paste where a key belongs. */
function refuseOtherText(text: string): void {
  const form = unsupportedTextFormat(text);
  if (form !== undefined) throw notSupported(form);
  if (/^(Bearer\s+)?eyJ[\w-]*\.[\w-]*\./i.test(text)) {
    throw badRequest(`${what} is a JWT, which is a token and not a key`);
  }
  if (/^[[{]/.test(text)) {
    throw badRequest(
      `${what} is JSON! A JWK is not stored as a key: make a JWK of it with source type COPY_PASTE`,
    );
  }
}

function damagedAsBadRequest<T>(place: EcKeyPlace, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof ExplicitCurveError) throw notSupported(explicitCurve(place));
    if (error instanceof HybridPointError) throw notSupported(hybridPoint(place));
    if (error instanceof ExpandedKeyError) throw notSupported(expandedKey(error.alg));
    if (error instanceof Asn1Error)
      throw badRequest(`${what} is not a key that is accepted: ${error.message}`);
    throw error;
  }
}
