// Authorities that an administrator trusts for source URLs, beside those of Node.js: a PEM file.

import { readFileSync } from 'node:fs';
import { readTrustedCertificates } from '../../runtime/pem-certificates.ts';

/**
 * The certificates of the file, as PEM.
 * @throws Error whose message completes the name of the setting, such as `names a file that cannot be read`
 */
export function readCaFile(path: string): string {
  const read = readTrustedCertificates(readText(path));
  if ('certificates' in read) return read.certificates.join('\n');
  throw new Error(`names ${path}, which ${read.problem}: certificates of CAs in PEM are accepted`);
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new Error(`names ${path}, which cannot be read (${code})`, { cause: error });
  }
}
