// Opens keystores and encrypted keys beside the event loop: their key derivations take from milliseconds to seconds of computing.
// It rejects jobs that exceed the queue, and jobs that exceed their time on a thread.
// Users take turns: one thread a user, so that a small keystore does not wait for the large ones of another user. Nor do
// the large ones slow it down: a user who computed much lately gets a thread of the lowest priority.

import { KeyplaneError, tooManyRequests } from '../errors.ts';
import type { KeystoreEntry, KeystoreListing } from '../formats/keystore.ts';
import { FairQueue } from '../runtime/fair-queue.ts';
import { RecentUse } from '../runtime/recent-use.ts';
import { currentRequester } from '../runtime/requester.ts';
import { threadPriorities } from '../runtime/thread-priority.ts';
import type { EncryptedKeyInput, KeystoreAnswer, KeystoreInput, KeystoreJob } from './keystore-job.ts';
import { ThreadSlot, threadFailed } from './thread-slot.ts';

export interface KeystoreOpener {
  /** Opens the whole file: checks its integrity and tries every key. @throws {KeyplaneError} */
  inspect(input: KeystoreInput): Promise<readonly KeystoreListing[]>;
  /** Derives only what this alias needs. Undefined: there is no such alias. @throws {KeyplaneError} */
  readEntry(input: KeystoreInput & { readonly alias: string }): Promise<KeystoreEntry | undefined>;
  /** Replaces `from` with `to`, the same value resealed; false where the row has changed. */
  openKey(input: EncryptedKeyInput): Promise<Buffer>;
  /** Ends the threads; what they were asked for is refused. */
  close(): Promise<void>;
}

const maxWaiting = 64;
const maxWaitingPerUser = 48;
const waitMs = 60_000;
const idleMs = 10_000;
/** The most work that the limits of the formats allow takes a core some six seconds; a busy machine has less than a core to give. */
const defaultTimeoutMs = 30_000;

/** A user who took less processor time than this lately gets the thread of higher priority. */
const lightUseMs = 250;
const halfLifeMs = 10_000;

/** @param options maxWorkers: threads of low priority, so that the event loop has the processor first */
export function createKeystoreOpener(
  options: { maxWorkers?: number; timeoutMs?: number } = {},
): KeystoreOpener {
  const { maxWorkers = 3, timeoutMs = defaultTimeoutMs } = options;
  const slots = Array.from({ length: maxWorkers }, (_, index) => {
    const priority = index === 0 ? threadPriorities.low : threadPriorities.lowest;
    return new ThreadSlot({ timeoutMs, idleMs, priority });
  });
  const free = [...slots];
  const recentUse = new RecentUse(halfLifeMs);
  /** The thread of higher priority for a user who used little, one of the others for the rest, and any other where that is taken. */
  const takeSlot = (user: string): ThreadSlot | undefined => {
    const usedLittle = recentUse.of(user) < lightUseMs;
    const index = free.findIndex((slot) => (slot === slots[0]) === usedLittle);
    return free.splice(Math.max(index, 0), 1)[0];
  };
  let isClosed = false;
  const queue = new FairQueue({
    capacity: maxWorkers,
    capacityPerRequester: 1,
    waiting: maxWaiting,
    waitingPerRequester: maxWaitingPerUser,
    waitMs,
    rejection: tooMany,
  });

  const run = (job: KeystoreJob): Promise<KeystoreAnswer> =>
    queue.run(async () => {
      if (isClosed) throw stopping();
      const user = currentRequester();
      const slot = takeSlot(user);
      if (slot === undefined) throw threadFailed('more jobs than threads');
      try {
        const answer = await slot.answer(job);
        recentUse.add(user, answer.processorMs);
        return answer;
      } catch (error) {
        // It took all of its time, or all of its memory.
        recentUse.add(user, timeoutMs);
        throw error;
      } finally {
        free.push(slot);
      }
    });

  return {
    async inspect(input) {
      const answer = accepted(await run({ ...input, task: 'inspect' }));
      if (!('listing' in answer)) throw threadFailed('wrong answer');
      return answer.listing;
    },
    async readEntry(input) {
      const answer = accepted(await run({ ...input, task: 'readEntry' }));
      if (!('entry' in answer)) throw threadFailed('wrong answer');
      return answer.entry && asBuffers(answer.entry);
    },
    async openKey(input) {
      const answer = accepted(await run({ ...input, task: 'openKey' }));
      if (!('key' in answer)) throw threadFailed('wrong answer');
      return Buffer.from(answer.key.buffer, answer.key.byteOffset, answer.key.byteLength);
    },
    async close() {
      isClosed = true;
      queue.close(stopping());
      await Promise.all(slots.map((slot) => slot.stop(stopping())));
    },
  };
}

function accepted(
  answer: KeystoreAnswer,
): Exclude<KeystoreAnswer, { refused: unknown } | { failed: unknown }> {
  if ('failed' in answer) throw threadFailed(answer.failed);
  if (!('refused' in answer)) return answer;
  const { code, message, ...options } = answer.refused;
  throw new KeyplaneError(code, message, options);
}

function asBuffers(entry: KeystoreEntry): KeystoreEntry {
  const buffer = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (entry.kind === 'SECRET_KEY') return { ...entry, secret: buffer(entry.secret) };
  if (entry.kind === 'TRUSTED_CERTIFICATE') return { ...entry, certificate: buffer(entry.certificate) };
  return { ...entry, privateKeyPkcs8: buffer(entry.privateKeyPkcs8), chain: entry.chain.map(buffer) };
}

function stopping(): KeyplaneError {
  return new KeyplaneError('unavailable', 'The manager is stopping');
}

function tooMany(): KeyplaneError {
  return tooManyRequests('keystores', 'Too many keystores are being opened, try again in a few seconds!', 5);
}
