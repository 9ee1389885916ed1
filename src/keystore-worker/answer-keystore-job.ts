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
    locked: !opens(opened, alias, keyPassword),
  }));
}

function opens(opened: OpenedKeystore, alias: string, keyPassword: string | undefined): boolean {
  try {
    return opened.readEntry(alias, keyPassword) !== undefined;
  } catch (error) {
    if (isKeyplaneError(error)) return false;
    throw error;
  }
}

/** A message takes all of the memory that a Buffer is a part of with it: here the whole keystore, opened. */
function ownBytes(entry: KeystoreEntry): KeystoreEntry {
  const own = (bytes: Buffer) => Buffer.from(Uint8Array.from(bytes).buffer);
  if (entry.kind === 'SECRET_KEY') return { ...entry, secret: own(entry.secret) };
  if (entry.kind === 'TRUSTED_CERTIFICATE') return { ...entry, certificate: own(entry.certificate) };
  return { ...entry, privateKeyPkcs8: own(entry.privateKeyPkcs8), chain: entry.chain.map(own) };
}
