// Certificates that a server or client is to trust, out of PEM text that an operator wrote. Blocks of other kinds and the text
// between blocks are passed over, as OpenSSL does.

import { X509Certificate } from 'node:crypto';

/** `problem` goes on from the name of what holds the text: `which has no certificate`, `it has no certificate`. */
export type TrustedCertificates = { readonly certificates: readonly string[] } | { readonly problem: string };

const edge = /-----(BEGIN|END) CERTIFICATE-----/g;

/** PEM of each certificate, one at least; text with a block that is empty, cut off or damaged has a problem. */
export function readTrustedCertificates(text: string): TrustedCertificates {
  const certificates: string[] = [];
  let begin: number | undefined;
  for (const { 0: line, 1: kind, index } of text.matchAll(edge)) {
    const number = certificates.length + 1;
    if (kind === 'BEGIN') {
      if (begin !== undefined) return { problem: withoutEnd(number) };
      begin = index;
      continue;
    }
    if (begin === undefined) return { problem: 'has a line END CERTIFICATE without its line BEGIN' };
    const block = text.slice(begin, index + line.length);
    if (!isCertificate(block)) return { problem: `has a damaged certificate, number ${number}` };
    certificates.push(block);
    begin = undefined;
  }
  if (begin !== undefined) return { problem: withoutEnd(certificates.length + 1) };
  return certificates.length === 0 ? { problem: 'has no certificate' } : { certificates };
}

function withoutEnd(number: number): string {
  return `has no line END CERTIFICATE for certificate ${number}`;
}

function isCertificate(block: string): boolean {
  try {
    return new X509Certificate(block).raw.length > 0;
  } catch {
    return false;
  }
}
