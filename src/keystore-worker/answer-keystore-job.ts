// One job, one result: what runs inside the thread.

import { isKeyplaneError } from '../errors.ts';
import { openEncryptedKey } from '../formats/encrypted-key.ts';
import {
  findAlias,
  type KeyPasswords,
  type KeystoreEntry,
  type KeystoreListing,
  keyPasswordOf,
  type OpenedKeystore,
  openKeystore,
} from '../formats/keystore.ts';
import { jwkFromKeystoreKey } from '../jose/key-pem.ts';
import type { KeystoreAnswer, KeystoreJob } from './keystore-job.ts';

export function answerKeystoreJob(job: KeystoreJob): KeystoreAnswer {
  try {
    if (job.task === 'openKey') {
      const { file: der, encryption, encoding, passphrase } = job;
      return { key: Uint8Array.from(openEncryptedKey({ der, encryption, encoding }, passphrase)) };
    }
    const opened = openKeystore(job);
    if (job.task === 'inspect') return { listing: inspect(opened, job) };
    const alias = findAlias(opened, job.alias);
    if (alias === undefined) return { entry: undefined };
    return { entry: ownBytes(opened.readEntry(alias, keyPasswordOf(alias, job))) };
  } catch (error) {
    if (!isKeyplaneError(error)) return { failed: error instanceof Error ? error.message : 'not an Error' };
    const { code, message, reason, member, detail } = error;
    const more = { ...(member !== undefined && { member }), ...(detail !== undefined && { detail }) };
    return { refused: { code, message, reason, ...more } };
  }
}

function inspect(opened: OpenedKeystore, passwords: KeyPasswords): KeystoreListing[] {
  return opened.list().map(({ alias, kind }) => ({
    alias,
    kind,
    ...openFacts(opened, alias, keyPasswordOf(alias, passwords)),
  }));
}

/** What may be shown of an entry; nothing of a key itself leaves the thread. */
function openFacts(opened: OpenedKeystore, alias: string, keyPassword: string | undefined) {
  try {
    const entry = opened.readEntry(alias, keyPassword);
    return { locked: false, ...publicFacts(entry), ...keyProblem(entry) };
  } catch (error) {
    if (isKeyplaneError(error)) return { locked: true, problem: error.message, problemReason: error.reason };
    throw error;
  }
}

/** Why no JWK can be made of a private key, as far as its encoding shows; soundness is checked when one is made. */
function keyProblem(entry: KeystoreEntry): { problem?: string } {
  if (entry.kind !== 'PRIVATE_KEY') return {};
  try {
    jwkFromKeystoreKey(entry.privateKeyPkcs8, entry.origin);
    return {};
  } catch (error) {
    if (isKeyplaneError(error)) return { problem: error.message };
    throw error;
  }
}

function publicFacts(entry: KeystoreEntry): Partial<KeystoreListing> {
  if (entry.kind === 'SECRET_KEY') {
    return { secret: { algorithm: entry.algorithm, bits: entry.secret.length * 8 } };
  }
  const chain = entry.kind === 'PRIVATE_KEY' ? entry.chain : [entry.certificate];
  const [leaf] = chain;
  return { certificates: chain.length, ...(leaf && { certificate: Uint8Array.from(leaf) }) };
}

/** A message takes all of the memory that a Buffer is a part of with it: here the whole keystore, opened. */
function ownBytes(entry: KeystoreEntry): KeystoreEntry {
  const own = (bytes: Buffer) => Buffer.from(Uint8Array.from(bytes).buffer);
  if (entry.kind === 'SECRET_KEY') return { ...entry, secret: own(entry.secret) };
  if (entry.kind === 'TRUSTED_CERTIFICATE') return { ...entry, certificate: own(entry.certificate) };
  return { ...entry, privateKeyPkcs8: own(entry.privateKeyPkcs8), chain: entry.chain.map(own) };
}
