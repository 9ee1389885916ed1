// Authorities that an administrator trusts for source URLs, beside those of the system: a PEM file.

import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

const pemCertificate = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/**
 * The certificates of the file, as PEM.
 * @throws Error whose message completes the name of the setting, such as `names a file that cannot be read`
 */
export function readCaFile(path: string): string {
  const blocks = readText(path).match(pemCertificate) ?? [];
  if (blocks.length === 0)
    throw new Error(`names ${path}, which holds no certificate: a PEM file is accepted`);
  for (const [index, block] of blocks.entries()) {
    if (!isCertificate(block)) throw new Error(`names ${path}, whose certificate ${index + 1} is damaged`);
  }
  return blocks.join('\n');
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new Error(`names ${path}, which cannot be read (${code})`, { cause: error });
  }
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}
