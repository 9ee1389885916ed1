// The certificates of an uploaded file, in its order: PEM, DER, or base64 of either. Reads no certificate; refuses what is
// none, with what helps.

import type { Buffer } from 'node:buffer';
import { badRequest, type KeyplaneError } from '../errors.ts';
import { sniffDer } from './der/sniff-der.ts';
import { type Encoding, foreignForms, foreignText, splitRemedy } from './foreign-forms.ts';
import { shown } from './jwk.ts';
import { decodeBase64 } from './members/base64url.ts';
import { type PemBlock, parsePem } from './pem.ts';

const what = 'Certificate file';
/** Tag of a SEQUENCE, with which every certificate begins. */
const sequenceTag = 0x30;

/**
 * DER of each certificate; what a block of it holds is for the caller to check.
 * @param file PEM text, or base64 of DER or of PEM
 * @throws KeyplaneError bad_request
 */
export function certificatesIn(file: string): readonly Buffer[] {
  if (file.includes('-----BEGIN')) return ofPem(file);
  const octets = decodeBase64(file.replace(/\s+/g, ''));
  if (octets === undefined) throw noCertificate();
  if (octets.includes('-----BEGIN')) return ofPem(octets.toString('utf8'));
  if (octets[0] !== sequenceTag) throw noCertificate();
  refuseForeign(sniffDer(octets)?.label ?? 'CERTIFICATE', 'DER');
  return [octets];
}

function noCertificate(): KeyplaneError {
  return badRequest(`${what} holds no PEM block! It takes PEM (a line -----BEGIN CERTIFICATE-----) or DER`);
}

function ofPem(text: string): readonly Buffer[] {
  const blocks = parsePem(text, what);
  refuseKeys(blocks);
  for (const { label, der } of blocks) {
    refuseForeign(label, 'PEM');
    const found = sniffDer(der)?.label ?? label;
    if (foreignForms.has(found)) refuseForeign(found, 'PEM');
  }
  return blocks.map(({ der }) => der);
}

function refuseKeys(blocks: readonly PemBlock[]): void {
  const key = blocks.find(({ label }) => label.includes('PRIVATE KEY'));
  if (key === undefined) return;
  const certificates = blocks.filter(({ label }) => label.endsWith('CERTIFICATE')).length;
  const remedy =
    certificates === 0
      ? 'Only certificates may stand in it; upload it as a key'
      : splitRemedy('CERTIFICATE', certificates);
  throw notSupported(
    `${what} holds a private key (${shown(key.label)}) where a certificate belongs! ${remedy}`,
  );
}

function refuseForeign(label: string, encoding: Encoding): void {
  const form = foreignForms.get(label)?.(encoding);
  if (form !== undefined) throw notSupported(foreignText(what, form));
  if (label === 'CERTIFICATE' || label === 'X509 CERTIFICATE') return;
  throw badRequest(`${what} holds a PEM block of the kind ${shown(label)}; only CERTIFICATE is accepted`);
}

function notSupported(text: string): KeyplaneError {
  return badRequest(text, { reason: 'FORM_NOT_SUPPORTED' });
}
