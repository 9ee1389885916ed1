// What ties an X.509 certificate (RFC 5280, 4.1) to others and to its key, spelled so that equal things are equal
// strings. Names are compared as Java compares them: without regard to case, runs of spaces and the string type.

import { childrenOf, isContext, objectIdentifier, readElement, sequence, text } from '../../asn1/ber.ts';
import type { Asn1Element } from '../../asn1/element.ts';

export interface CertificateFields {
  readonly issuer: string;
  readonly subject: string;
  /** SubjectPublicKeyInfo, in hex. */
  readonly publicKey: string;
}

/** Undefined for bytes that are no certificate: such a one stands in no chain. */
export function certificateFields(certificate: Buffer): CertificateFields | undefined {
  try {
    const [tbsCertificate] = sequence(readElement(certificate));
    const members = sequence(tbsCertificate);
    // The version, [0], is left out by version 1.
    const unversioned = isContext(members[0], 0) ? members.slice(1) : members;
    const [, , issuer, , subject, publicKey] = unversioned;
    if (publicKey === undefined) return undefined;
    return {
      issuer: spellName(issuer),
      subject: spellName(subject),
      publicKey: publicKey.encoded.toString('hex'),
    };
  } catch {
    return undefined;
  }
}

function spellName(name: Asn1Element | undefined): string {
  const parts = sequence(name, 256).map((rdn) => childrenOf(rdn).map(spellAttribute).sort());
  return JSON.stringify(parts);
}

function spellAttribute(attribute: Asn1Element): string {
  const [type, value] = sequence(attribute);
  const content = value && text(value);
  const spelled =
    content === undefined
      ? `#${value?.encoded.toString('hex')}`
      : content.normalize('NFKC').toLowerCase().trim().replace(/\s+/gu, ' ');
  return `${objectIdentifier(type)}=${spelled}`;
}
