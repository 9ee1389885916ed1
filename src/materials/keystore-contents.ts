import { isKeyplaneError } from '../errors.ts';
import type { KeystoreListing } from '../formats/keystore.ts';
import { publicKeyOf, readCertificateDer } from '../jose/certificate.ts';
import { importJwk } from '../jose/import-jwk.ts';
import type { JsonObject } from '../jose/json.ts';
import { type KeyFacts, keyFacts } from '../jose/key-facts.ts';
import { fairTurn } from '../runtime/event-loop.ts';

/** One alias of a keystore, as it may be shown. */
export interface KeystoreAlias {
  readonly alias: string;
  readonly kind: KeystoreListing['kind'];
  /** The key password does not open it. */
  readonly locked: boolean;
  /** Why no JWK can be made of it. */
  readonly problem: string | null;
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

/** A key's type and size are those of its certificate; one that cannot be read leaves them open, and is a problem. */
export async function keystoreContents(listing: readonly KeystoreListing[]): Promise<KeystoreAlias[]> {
  const found: KeystoreAlias[] = [];
  for (const { alias, kind, locked, problem, certificates = 0, certificate, secret } of listing) {
    const { certificateProblem = null, ...facts } = secret
      ? { ...noFacts, type: 'OCT', size: secret.bits }
      : await certificateColumns(certificate);
    found.push({
      alias,
      kind,
      locked,
      certificates,
      algorithm: secret?.algorithm ?? null,
      problem: problem ?? certificateProblem,
      ...facts,
    });
  }
  return found;
}

type CertificateColumns = Omit<
  KeystoreAlias,
  'alias' | 'kind' | 'locked' | 'problem' | 'certificates' | 'algorithm'
>;

const noFacts: CertificateColumns = Object.freeze({
  type: null,
  curve: null,
  size: null,
  subjectDn: null,
  notBefore: null,
  notAfter: null,
});

async function certificateColumns(
  der: Uint8Array | undefined,
): Promise<CertificateColumns & { readonly certificateProblem?: string }> {
  if (der === undefined) return noFacts;
  // There may be a thousand, and each takes a third of a millisecond.
  await fairTurn();
  let columns = noFacts;
  try {
    const certificate = readCertificateDer(Buffer.from(der));
    const { subjectDn, startDate: notBefore, endDate: notAfter } = certificate;
    columns = { ...noFacts, subjectDn, notBefore, notAfter };
    return { ...columns, ...(await factsOf(publicKeyOf(certificate))) };
  } catch (error) {
    if (!isKeyplaneError(error)) throw error;
    return { ...columns, certificateProblem: error.message };
  }
}

async function factsOf(publicKey: JsonObject): Promise<Partial<KeyFacts>> {
  // The type only; the key is checked when a JWK is created from it.
  const { type, curve, size } = keyFacts(await importJwk(publicKey, { soundnessChecked: true }));
  return { type, curve, size };
}
