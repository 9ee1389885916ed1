// Certificates that openssl issues for a test: over any kind of key, under any issuer, with any extension.

import { execFileSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Item } from '../api/support/project-api.ts';

export interface Issued {
  readonly certificatePath: string;
  readonly keyPath: string;
  readonly pem: string;
  readonly der: Buffer;
  /** base64 of the DER, as x5c has it. */
  readonly x5c: string;
}

export interface CertificatePlan {
  readonly subject: string;
  /** Arguments of `openssl genpkey`; P-256 by default. */
  readonly key?: readonly string[];
  /** Self-signed without one. */
  readonly issuer?: Issued;
  /** Lines of an extension file. */
  readonly extensions?: string;
  /** Ten years by default. */
  readonly days?: number;
}

export const curve = (name: string) => ['-algorithm', 'EC', '-pkeyopt', `ec_paramgen_curve:${name}`];
export const rsaBits = (bits: number) => ['-algorithm', 'RSA', '-pkeyopt', `rsa_keygen_bits:${bits}`];

export class CertificateFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'keyplane-certificates-'));
  #made = 0;

  remove(): void {
    rmSync(this.path, { recursive: true });
  }

  openssl(...args: readonly string[]): void {
    execFileSync('openssl', args, { cwd: this.path, stdio: 'pipe' });
  }

  issue({ subject, key = curve('P-256'), issuer, extensions = '', days = 3650 }: CertificatePlan): Issued {
    this.#made += 1;
    const [keyPath, request, certificatePath, extensionPath] = ['key', 'csr', 'pem', 'ext'].map((ending) =>
      join(this.path, `${this.#made}.${ending}`),
    ) as [string, string, string, string];
    this.openssl('genpkey', ...key, '-out', keyPath);
    this.openssl('req', '-new', '-key', keyPath, '-subj', `/CN=${subject}`, '-out', request);
    writeFileSync(extensionPath, `${extensions}\n`);
    const signer = issuer
      ? ['-CA', issuer.certificatePath, '-CAkey', issuer.keyPath, '-CAcreateserial']
      : ['-signkey', keyPath];
    const certified = ['-days', String(days), '-extfile', extensionPath, '-out', certificatePath];
    this.openssl('x509', '-req', '-in', request, ...signer, ...certified);
    const pem = readFileSync(certificatePath, 'utf8');
    const der = Buffer.from(new X509Certificate(pem).raw);
    return { certificatePath, keyPath, pem, der, x5c: der.toString('base64') };
  }
}

export function publicJwkOf({ pem }: Issued): Item {
  return new X509Certificate(pem).publicKey.export({ format: 'jwk' });
}

export function privateJwkOf({ keyPath }: Issued): Item {
  return createPrivateKey(readFileSync(keyPath, 'utf8')).export({ format: 'jwk' });
}

/** The certificate with the last octets of its public key changed, so that the point leaves its curve. */
export function offItsCurve({ der, pem }: Issued, octets = 1): string {
  const key = new X509Certificate(pem).publicKey.export({ type: 'spki', format: 'der' });
  const changed = Buffer.from(der);
  const end = der.indexOf(key) + key.length;
  for (let at = end - octets; at < end; at += 1) changed[at] = octets === 1 ? (changed[at] ?? 0) ^ 1 : 0xff;
  const lines = changed.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
