import type { KeystoreListing } from '../formats/keystore.ts';
import { readCertificateDer } from '../jose/certificate.ts';
import { type KeyFacts, keyFacts } from '../jose/facts/key-facts.ts';
import { importJwk } from '../jose/import-jwk.ts';
import { fairTurn } from '../runtime/event-loop.ts';

/** One alias of a keystore, as it may be shown. */
export interface KeystoreAlias {
  readonly alias: string;
  readonly kind: KeystoreListing['kind'];
  /** The key password does not open it. */
  readonly locked: boolean;
  readonly certificates: number;
  /** Of a secret key, its name in Java. */
  readonly algorithm: string | null;
  readonly type: string | null;
  readonly curve: string | null;
  readonly size: number | null;
  readonly subjectDn: string | null;
  readonly notBefore: Date | null;
  readonly notAfter: Date | null;
}

/** A key's type and size are those of its certificate; a certificate that can not be read leaves them open. */
export async function keystoreContents(listing: readonly KeystoreListing[]): Promise<KeystoreAlias[]> {
  const found: KeystoreAlias[] = [];
  for (const { alias, kind, locked, certificates = 0, certificate, secret } of listing) {
    found.push({
      ...{ alias, kind, locked, certificates, algorithm: secret?.algorithm ?? null },
      ...(secret ? { ...noFacts, type: 'OCT', size: secret.bits } : await certificateColumns(certificate)),
    });
  }
  return found;
}

const noFacts = Object.freeze({
  type: null,
  curve: null,
  size: null,
  subjectDn: null,
  notBefore: null,
  notAfter: null,
});

async function certificateColumns(der: Uint8Array | undefined) {
  if (der === undefined) return noFacts;
  // There may be a thousand, and each takes a third of a millisecond.
  await fairTurn();
  try {
    const { subjectDn, startDate, endDate, publicKey } = readCertificateDer(Buffer.from(der));
    const facts = await factsOf(publicKey);
    return { ...noFacts, ...facts, subjectDn, notBefore: startDate, notAfter: endDate };
  } catch {
    return noFacts;
  }
}

async function factsOf(publicKey: Parameters<typeof importJwk>[0]): Promise<Partial<KeyFacts>> {
  // What it is, not whether it is sound: that is asked when a JWK is made of it.
  const { type, curve, size } = keyFacts(await importJwk(publicKey, { soundnessChecked: true }));
  return { type, curve, size };
}
