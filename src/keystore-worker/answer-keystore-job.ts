// One job, one answer: what runs inside the thread.

import { isKeyplaneError } from '../errors.ts';
import {
  findAlias,
  type KeystoreEntry,
  type KeystoreListing,
  type OpenedKeystore,
  openKeystore,
} from '../formats/keystore.ts';
import type { KeystoreAnswer, KeystoreJob } from './keystore-job.ts';

export function answerKeystoreJob(job: KeystoreJob): KeystoreAnswer {
  try {
    const opened = openKeystore(job);
    if (job.task === 'inspect') return { listing: inspect(opened, job.keyPassword) };
    const alias = findAlias(opened, job.alias);
    return { entry: alias === undefined ? undefined : ownBytes(opened.readEntry(alias, job.keyPassword)) };
  } catch (error) {
    if (!isKeyplaneError(error)) return { failed: error instanceof Error ? error.message : 'not an Error' };
    const { code, message, detail } = error;
    return { refused: { code, message, ...(detail !== undefined && { detail }) } };
  }
}

function inspect(opened: OpenedKeystore, keyPassword: string | undefined): KeystoreListing[] {
  return opened.list().map(({ alias, kind }) => ({
    alias,
    kind,
    ...openFacts(opened, alias, keyPassword),
  }));
}

/** What may be shown of an entry; nothing of a key itself leaves the thread. */
function openFacts(opened: OpenedKeystore, alias: string, keyPassword: string | undefined) {
  try {
    return { locked: false, ...publicFacts(opened.readEntry(alias, keyPassword)) };
  } catch (error) {
    if (isKeyplaneError(error)) return { locked: true };
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
