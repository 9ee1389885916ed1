// Opens keystores beside the event loop: their key derivations take from milliseconds to seconds of computing.
// Refused: more than a queue full of them at once, and whatever takes a thread longer than its time.

import { KeyplaneError } from '../errors.ts';
import type { KeystoreEntry, KeystoreListing } from '../formats/keystore.ts';
import type { KeystoreAnswer, KeystoreInput, KeystoreJob } from './keystore-job.ts';
import { ThreadSlot, threadFailed } from './thread-slot.ts';

export interface KeystoreOpener {
  /** Opens the whole file: checks its integrity and tries every key. @throws {KeyplaneError} */
  inspect(input: KeystoreInput): Promise<readonly KeystoreListing[]>;
  /** Derives only what this alias needs. Undefined: there is no such alias. @throws {KeyplaneError} */
  readEntry(input: KeystoreInput & { readonly alias: string }): Promise<KeystoreEntry | undefined>;
  /** Ends the threads; what they were asked for is refused. */
  close(): Promise<void>;
}

interface Waiting {
  readonly job: KeystoreJob;
  readonly resolve: (answer: Promise<KeystoreAnswer>) => void;
  readonly reject: (reason: Error) => void;
}

const maxWaiting = 64;
const idleMs = 10_000;
/** The most work that the limits of the formats allow takes a core some six seconds; a busy machine has less than a core to give. */
const defaultTimeoutMs = 30_000;

/** @param options maxWorkers: 1 by default, so that the other of two cores is the event loop's */
export function createKeystoreOpener(
  options: { maxWorkers?: number; timeoutMs?: number } = {},
): KeystoreOpener {
  const { maxWorkers = 1, timeoutMs = defaultTimeoutMs } = options;
  const slots = Array.from({ length: maxWorkers }, () => new ThreadSlot({ timeoutMs, idleMs }));
  const free = [...slots];
  const waiting: Waiting[] = [];
  let closed = false;

  async function work(slot: ThreadSlot, job: KeystoreJob): Promise<KeystoreAnswer> {
    try {
      return await slot.answer(job);
    } finally {
      const next = waiting.shift();
      if (next === undefined) free.push(slot);
      else next.resolve(work(slot, next.job));
    }
  }

  async function run(job: KeystoreJob): Promise<KeystoreAnswer> {
    if (closed) throw stopping();
    const slot = free.pop();
    if (slot !== undefined) return work(slot, job);
    if (waiting.length >= maxWaiting) throw tooMany();
    return new Promise((resolve, reject) => waiting.push({ job, resolve, reject }));
  }

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
    async close() {
      closed = true;
      for (const { reject } of waiting.splice(0)) reject(stopping());
      await Promise.all(slots.map((slot) => slot.stop(stopping())));
    },
  };
}

function accepted(
  answer: KeystoreAnswer,
): Exclude<KeystoreAnswer, { refused: unknown } | { failed: unknown }> {
  if ('failed' in answer) throw threadFailed(answer.failed);
  if (!('refused' in answer)) return answer;
  const { code, message, detail } = answer.refused;
  throw new KeyplaneError(code, message, detail === undefined ? {} : { detail });
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
  return new KeyplaneError(
    'rate_limit_exceeded',
    'Too many keystores are being opened, try again in a few seconds!',
    { retryAfterSeconds: 5 },
  );
}
