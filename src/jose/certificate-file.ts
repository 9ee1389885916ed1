// The certificates of an uploaded file, in its order: PEM, DER, or base64 of either. Reads no certificate; refuses what is
// none, with what helps.

import type { Buffer } from 'node:buffer';
import { sniffDer } from '../asn1/sniff-der.ts';
import { badRequest, type KeyplaneError } from '../errors.ts';
import { decodeBase64 } from './members/base64url.ts';
import { decodeText, parsePem, pemTextOf } from './pem.ts';
import { contentLabel, encodingOf } from './pem-content.ts';
import { shown } from './shown.ts';
import {
  certificatesAloneRemedy,
  type Encoding,
  isCertificateLabel,
  unsupportedFormats,
  unsupportedText,
} from './unsupported-formats.ts';
import { unsupportedOctetsFormat } from './unsupported-octets.ts';
import { unsupportedTextFormat } from './unsupported-text.ts';

const what = 'Certificate file';
/** Tag of a SEQUENCE, with which every certificate begins. */
const sequenceTag = 0x30;

export interface CertificateBlock {
  readonly der: Buffer;
  readonly encoding: Encoding;
}

/** DER of each certificate. @throws KeyplaneError bad_request */
export function certificatesIn(file: string): readonly Buffer[] {
  return certificateBlocksIn(file).map(({ der }) => der);
}

/**
 * The caller checks what a block holds.
 * @param file PEM text, or base64 of DER or of PEM
 * @throws KeyplaneError bad_request
 */
export function certificateBlocksIn(file: string): readonly CertificateBlock[] {
  const other = unsupportedTextFormat(file);
  if (other !== undefined) throw notSupported(unsupportedText(what, other));
  if (file.includes('-----BEGIN')) return ofPem(file);
  const octets = decodeBase64(file.replace(/\s+/g, ''));
  if (octets === undefined) throw noCertificate();
  const form = unsupportedTextFormat(decodeText(octets)) ?? unsupportedOctetsFormat(octets);
  if (form !== undefined) throw notSupported(unsupportedText(what, form));
  const pem = pemTextOf(octets);
  if (pem !== undefined) return ofPem(pem);
  if (octets[0] !== sequenceTag) throw noCertificate();
  const label = sniffDer(octets)?.label ?? 'CERTIFICATE';
  refuseKeys([label]);
  refuseForeign(label, 'DER', [label]);
  return [{ der: octets, encoding: 'DER' }];
}

function noCertificate(): KeyplaneError {
  return badRequest(`${what} holds no PEM block! It takes PEM (a line -----BEGIN CERTIFICATE-----) or DER`);
}

function ofPem(text: string): readonly CertificateBlock[] {
  const blocks = parsePem(text, what);
  const labels = blocks.map(contentLabel);
  refuseKeys(labels);
  for (const block of blocks) refuseForeign(contentLabel(block), encodingOf(block), labels);
  return blocks.map((block) => ({ der: block.der, encoding: encodingOf(block) }));
}

function refuseKeys(labels: readonly string[]): void {
  const key = labels.find((label) => label.endsWith('PRIVATE KEY'));
  if (key === undefined) return;
  const remedy = labels.some(isCertificateLabel)
    ? certificatesAloneRemedy(labels)
    : 'Only certificates may stand in it; upload it as a key';
  throw notSupported(`${what} holds a private key (${shown(key)}) where a certificate belongs! ${remedy}`);
}

/** @param labels of all blocks of the file */
function refuseForeign(label: string, encoding: Encoding, labels: readonly string[]): void {
  if (label === 'CERTIFICATE' || label === 'X509 CERTIFICATE') return;
  const form = unsupportedFormats.get(label)?.(encoding);
  const isKnown = form !== undefined || label.endsWith('PUBLIC KEY');
  if (isKnown && !isCertificateLabel(label) && labels.some(isCertificateLabel)) {
    const text = `${what} holds a PEM block of the kind ${shown(label)} beside certificates`;
    throw notSupported(`${text}! ${certificatesAloneRemedy(labels)}`);
  }
  if (form !== undefined) throw notSupported(unsupportedText(what, form));
  if (label.endsWith('PUBLIC KEY'))
    throw notSupported(
      `${what} holds a public key (${label}) where a certificate belongs! Upload it as a key`,
    );
  throw badRequest(`${what} holds a PEM block of the kind ${shown(label)}; only CERTIFICATE is accepted`);
}

function notSupported(text: string): KeyplaneError {
  return badRequest(text, { reason: 'FORM_NOT_SUPPORTED' });
}
