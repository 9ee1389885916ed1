// The certificates of a PKCS#12 file and how they hang together: which belongs to a key, which issued which.
// The rules are those of Java's PKCS12 keystore, so that a chain is the one its user sees in keytool.
// Looked up in tables: a file of thousands that all look alike must not cost the square of their number.

import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { keystoreLimits } from '../keystore-format.ts';
import { foldAlias } from '../opened-keystore.ts';
import type { CertificateBag, KeyBag } from './bags.ts';
import { type CertificateFields, certificateFields } from './certificate-fields.ts';

const maxIssuersTried = 8;

export class CertificatePool {
  readonly #fields = new Map<CertificateBag, CertificateFields>();
  readonly #byKeyId = new Map<string, CertificateBag[]>();
  readonly #byName = new Map<string, CertificateBag[]>();
  readonly #bySubject = new Map<string, CertificateBag[]>();
  readonly #byPublicKey = new Map<string, CertificateBag[]>();
  /** What Java gives to the one key of a file where nothing else does: one that opens its SafeContents. */
  readonly #first: CertificateBag | undefined;

  constructor(bags: readonly CertificateBag[]) {
    this.#first = bags.find((bag) => bag.first && !bag.trusted && bag.localKeyId === undefined);
    for (const bag of bags) {
      if (!bag.trusted) {
        if (bag.localKeyId !== undefined) add(this.#byKeyId, bag.localKeyId.toString('hex'), bag);
        if (bag.friendlyName !== undefined) add(this.#byName, foldAlias(bag.friendlyName), bag);
      }
      const fields = certificateFields(bag.certificate);
      if (fields === undefined) continue;
      this.#fields.set(bag, fields);
      add(this.#bySubject, fields.subject, bag);
      add(this.#byPublicKey, fields.publicKey, bag);
    }
  }

  /** The certificate that the file itself gives to a key: by localKeyId and name, by localKeyId, by name. */
  leafOf(key: KeyBag, alias: string): CertificateBag | undefined {
    const name = foldAlias(alias);
    const sameId = this.#byKeyId.get(key.localKeyId?.toString('hex') ?? '') ?? [];
    const hasName = (bag: CertificateBag) =>
      bag.friendlyName !== undefined && foldAlias(bag.friendlyName) === name;
    return sameId.find(hasName) ?? sameId.at(-1) ?? this.#byName.get(name)?.at(-1);
  }

  leafByPosition(key: KeyBag): CertificateBag | undefined {
    return key.localKeyId === undefined ? this.#first : undefined;
  }

  /** Where the file says nothing: the certificate over the key's public half. */
  leafByPublicKey(privateKeyPkcs8: Buffer): CertificateBag | undefined {
    try {
      const privateKey = createPrivateKey({ key: privateKeyPkcs8, format: 'der', type: 'pkcs8' });
      const publicKey = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
      return this.#byPublicKey.get(publicKey.toString('hex'))?.[0];
    } catch {
      return undefined;
    }
  }

  /** From the leaf upwards, to a self-issued one or to the last whose issuer is in the file. */
  chainOf(leaf: CertificateBag | undefined): CertificateBag[] {
    const chain = new Set<CertificateBag>();
    let bag = leaf;
    while (bag !== undefined && !chain.has(bag) && chain.size < keystoreLimits.chainCertificates) {
      chain.add(bag);
      bag = this.#issuerOf(bag);
    }
    return [...chain];
  }

  #issuerOf(bag: CertificateBag): CertificateBag | undefined {
    const fields = this.#fields.get(bag);
    if (fields === undefined || fields.issuer === fields.subject) return undefined;
    const candidates = this.#bySubject.get(fields.issuer) ?? [];
    if (candidates.length < 2) return candidates[0];
    // A CA that renewed its key has one name and two certificates: key identifiers and the signature decide.
    const issued = (issuer: CertificateBag) => isIssuedBy(bag, issuer);
    return candidates.slice(0, maxIssuersTried).find(issued) ?? candidates[0];
  }
}

function add(table: Map<string, CertificateBag[]>, key: string, bag: CertificateBag): void {
  const bags = table.get(key);
  if (bags === undefined) table.set(key, [bag]);
  else bags.push(bag);
}

function isIssuedBy(bag: CertificateBag, issuer: CertificateBag): boolean {
  try {
    const [certificate, signer] = [bag, issuer].map(
      ({ certificate }) => new X509Certificate(certificate),
    ) as [X509Certificate, X509Certificate];
    return certificate.checkIssued(signer) && certificate.verify(signer.publicKey);
  } catch {
    return false;
  }
}
