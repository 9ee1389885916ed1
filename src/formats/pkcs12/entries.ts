// Bags to entries, as Java's PKCS12 keystore makes them: the friendlyName is the alias, bags without one are numbered,
// a later entry of the same name replaces the earlier. What Java passes over is listed all the same:
// keys without a localKeyId beside other keys, and certificates that belong to no key and bear no mark of trust.

import { integer, objectIdentifier, octets, readElement, sequence } from '../../asn1/ber.ts';
import { badRequest } from '../../errors.ts';
import type { KeystoreOrigin } from '../../jose/keystore-key-command.ts';
import { unknownKeystoreEncryption, unsupportedText } from '../../jose/unsupported-formats.ts';
import { type KeystoreEntry, lockedEntry } from '../keystore-format.ts';
import { type EncryptedEntry, foldAlias } from '../opened-keystore.ts';
import type { Bag, CertificateBag, KeyBag, SecretBag } from './bags.ts';
import { CertificatePool } from './certificate-pool.ts';
import { secretAlgorithmName } from './secret-algorithms.ts';

export function assembleEntries(bags: readonly Bag[], password: string): EncryptedEntry[] {
  const pool = new CertificatePool(bags.filter((bag) => bag.kind === 'CERTIFICATE'));
  const onlyKey = bags.filter((bag) => bag.kind === 'PRIVATE_KEY').length === 1;
  const names = bags.filter((bag) => bag.kind !== 'CERTIFICATE').map(({ friendlyName }) => friendlyName);
  const entries = new Map<string, EncryptedEntry>();
  const add = (entry: EncryptedEntry) => entries.set(foldAlias(entry.alias), entry);
  const chained = new Set<CertificateBag>();
  let unnamed = 0;

  for (const bag of bags) {
    if (bag.kind === 'CERTIFICATE' && !bag.trusted) continue;
    const alias = bag.friendlyName ?? String(++unnamed);
    if (bag.kind === 'CERTIFICATE') add(trustedEntry(alias, bag));
    else if (bag.kind === 'SECRET_KEY') add(secretEntry(alias, bag, password));
    else {
      const leaf = pool.leafOf(bag, alias);
      const guess = onlyKey ? pool.leafByPosition(bag) : undefined;
      for (const certificate of pool.chainOf(leaf ?? guess)) chained.add(certificate);
      const name =
        names.filter((one) => one === bag.friendlyName).length === 1 ? bag.friendlyName : undefined;
      const origin: KeystoreOrigin = {
        type: 'PKCS12',
        isOnlyKey: onlyKey,
        ...(name !== undefined && { name }),
      };
      add(privateEntry(alias, bag, { pool, leaf, guess, password, origin }));
    }
  }
  for (const bag of bags) {
    if (bag.kind !== 'CERTIFICATE' || bag.trusted || chained.has(bag)) continue;
    let alias = bag.friendlyName;
    while (alias === undefined || entries.has(foldAlias(alias))) alias = String(++unnamed);
    add(trustedEntry(alias, bag));
  }
  return [...entries.values()];
}

function trustedEntry(alias: string, bag: CertificateBag): EncryptedEntry {
  const kind = 'TRUSTED_CERTIFICATE';
  return { alias, kind, open: () => ({ kind, alias, certificate: bag.certificate }) };
}

function privateEntry(
  alias: string,
  bag: KeyBag,
  context: {
    pool: CertificatePool;
    leaf: CertificateBag | undefined;
    guess: CertificateBag | undefined;
    password: string;
    origin: KeystoreOrigin;
  },
): EncryptedEntry {
  const { pool, leaf, guess, password, origin } = context;
  return {
    alias,
    kind: 'PRIVATE_KEY',
    open(keyPassword) {
      const privateKeyPkcs8 = openBag(alias, bag, keyPassword ?? password);
      const chain = pool.chainOf(leaf ?? pool.leafByPublicKey(privateKeyPkcs8) ?? guess);
      return {
        kind: 'PRIVATE_KEY',
        alias,
        privateKeyPkcs8,
        chain: chain.map(({ certificate }) => certificate),
        origin,
      };
    },
  };
}

/** Java wraps a secret key as if it were a private one: version, algorithm, bytes. */
function secretEntry(alias: string, bag: SecretBag, password: string): EncryptedEntry {
  return {
    alias,
    kind: 'SECRET_KEY',
    open: (keyPassword) => readSecret(alias, openBag(alias, bag, keyPassword ?? password)),
  };
}

function readSecret(alias: string, plain: Buffer): KeystoreEntry {
  try {
    const [version, algorithm, secret] = sequence(readElement(plain));
    integer(version);
    const oid = objectIdentifier(sequence(algorithm)[0]);
    return { kind: 'SECRET_KEY', alias, algorithm: secretAlgorithmName(oid), secret: octets(secret) };
  } catch {
    throw lockedEntry(alias, 'PKCS#12: secret key');
  }
}

function openBag(alias: string, bag: KeyBag | SecretBag, password: string): Buffer {
  const { unknown } = bag.protection;
  if (unknown !== undefined) {
    throw badRequest(unsupportedText(`Alias (${alias})`, unknownKeystoreEncryption(unknown)), {
      reason: 'FORM_NOT_SUPPORTED',
      member: 'file',
    });
  }
  const plain = bag.protection.decrypt(bag.sealed, password);
  if (plain === undefined) throw lockedEntry(alias, 'PKCS#12: key');
  return plain;
}
