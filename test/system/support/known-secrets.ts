// Keys, keystores and passwords that a test gives to keyplane and then looks for.

import { generateKeyPairSync, type JsonWebKey, type KeyObject, randomBytes } from 'node:crypto';
import forge from 'node-forge';
import type { Secret } from './secret-search.ts';

const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k'] as const;

export class KnownSecrets {
  readonly all: Secret[] = [];

  text(name: string, text: string): string {
    this.all.push({ name, bytes: Buffer.from(text) });
    return text;
  }

  /** A random one, long enough not to be found by chance. */
  password(name: string): string {
    return this.text(name, randomBytes(18).toString('base64url'));
  }

  jwk<T extends JsonWebKey>(name: string, jwk: T): T {
    for (const member of privateMembers) {
      const value = jwk[member];
      if (typeof value !== 'string') continue;
      this.all.push({ name: `${member} of ${name}`, bytes: Buffer.from(value, 'base64url') });
    }
    return jwk;
  }

  key(name: string, privateKey: KeyObject): KeyObject {
    this.jwk(name, privateKey.export({ format: 'jwk' }));
    return privateKey;
  }

  bytes(name: string, bytes: Buffer): Buffer {
    this.all.push({ name, bytes });
    return bytes;
  }
}

export function rsaKey(): KeyObject {
  return generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
}

export function ecKey(): KeyObject {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
}

/** A PKCS#12 file with this key and a certificate for it, alias `signer`. */
export function pkcs12File(key: KeyObject, password: string): Buffer {
  const privateKey = forge.pki.privateKeyFromPem(key.export({ type: 'pkcs1', format: 'pem' }).toString());
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.setRsaPublicKey(privateKey.n, privateKey.e);
  certificate.serialNumber = '01';
  certificate.validity.notAfter = new Date(Date.now() + 24 * 3600 * 1000);
  const name = [{ name: 'commonName', value: 'signer' }];
  certificate.setSubject(name);
  certificate.setIssuer(name);
  certificate.sign(privateKey, forge.md.sha256.create());
  const options = { algorithm: '3des', friendlyName: 'signer' } as const;
  const file = forge.pkcs12.toPkcs12Asn1(privateKey, certificate, password, options);
  return Buffer.from(forge.asn1.toDer(file).getBytes(), 'latin1');
}
