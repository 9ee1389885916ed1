// Reads untrusted documents. Strict parsing takes time in proportion to their length, so a long one is parsed in a
// worker thread, with a bounded number at a time.

import { ok } from 'node:assert/strict';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { type ErrorOptions, KeyplaneError } from '../errors.ts';
import { type JsonObject, type JsonValue, parseJson } from '../jose/json.ts';
import { type FollowedKey, keysOf, selectAgain, selectKey } from '../jose/key-set.ts';
import { FairQueue } from '../runtime/fair-queue.ts';
import { moduleFile } from '../runtime/module-file.ts';
import { inspectedKeysAtMost } from './inspected-key.ts';
import { decodeUtf8 } from './safe-fetch/decode-utf8.ts';

export interface KeyDocument {
  /** Text, or its bytes in UTF-8. Many bytes are moved to a thread: the caller cannot use them afterwards. */
  readonly content: string | Uint8Array<ArrayBuffer>;
  /** Starts the text of every error. */
  readonly what: string;
}

export type KeyDocumentJob = KeyDocument &
  (
    | { readonly task: 'select'; readonly kid: string | undefined }
    | { readonly task: 'select again'; readonly followed: FollowedKey }
    | { readonly task: 'list' }
  );

export interface ListedKeys {
  /** The first ones. */
  readonly keys: readonly JsonValue[];
  readonly total: number;
}

export type KeyDocumentAnswer =
  | { readonly key: JsonObject }
  | ListedKeys
  | { readonly rejected: Pick<ErrorOptions, 'reason' | 'member'> & { readonly message: string } };

/** The worst text of this length takes some 3 ms. */
const inlineCharacters = 32 * 1024;
/** The worst documents of 10 MiB and 10,000 keys are read within 96 MB. */
const resourceLimits = { maxOldGenerationSizeMb: 160, maxYoungGenerationSizeMb: 16 };
/** The other core is the event loop's. Requesters take turns. */
const threadsAtOnce = 1;
const threads = new FairQueue({ capacity: threadsAtOnce, rejection: () => new Error('nothing bounds it') });

/** @throws KeyplaneError `bad_request` */
export async function selectKeyFrom(document: KeyDocument, kid: string | undefined): Promise<JsonObject> {
  const answer = await read({ ...document, task: 'select', kid });
  ok('key' in answer, 'one key was asked for');
  return answer.key;
}

/** @throws KeyplaneError `bad_request`; with reason KEY_NOT_FOUND where the key is no longer there */
export async function selectKeyAgain(document: KeyDocument, followed: FollowedKey): Promise<JsonObject> {
  const answer = await read({ ...document, task: 'select again', followed });
  ok('key' in answer, 'one key was asked for');
  return answer.key;
}

/** The keys in their order. @throws KeyplaneError `bad_request` */
export async function listKeysFrom(document: KeyDocument): Promise<ListedKeys> {
  const answer = await read({ ...document, task: 'list' });
  ok('keys' in answer, 'a list was asked for');
  return answer;
}

/** @throws KeyplaneError `bad_request` */
export function readInline(job: KeyDocumentJob): { readonly key: JsonObject } | ListedKeys {
  const { content, what } = job;
  const document = parseJson(typeof content === 'string' ? content : decodeUtf8(content), what);
  switch (job.task) {
    case 'select':
      return { key: selectKey(document, job.kid) };
    case 'select again':
      return { key: selectAgain(document, job.followed) };
    case 'list': {
      const keys = keysOf(document);
      return { keys: keys.slice(0, inspectedKeysAtMost), total: keys.length };
    }
    default:
      return job satisfies never;
  }
}

async function read(job: KeyDocumentJob): Promise<{ readonly key: JsonObject } | ListedKeys> {
  if (job.content.length <= inlineCharacters) return readInline(job);
  return threads.run(() => readInThread(job));
}

/** A part of a shared buffer is copied instead. */
function movedWith({ content }: KeyDocument): ArrayBuffer[] {
  const isWhole = typeof content !== 'string' && content.byteLength === content.buffer.byteLength;
  return isWhole ? [content.buffer] : [];
}

async function readInThread(job: KeyDocumentJob): Promise<{ readonly key: JsonObject } | ListedKeys> {
  const thread = new Worker(moduleFile(new URL('./select-key-thread.ts', import.meta.url)), {
    workerData: job,
    transferList: movedWith(job),
    resourceLimits,
  });
  try {
    const [answer] = (await once(thread, 'message')) as [KeyDocumentAnswer];
    if (!('rejected' in answer)) return answer;
    const { message, ...options } = answer.rejected;
    throw new KeyplaneError('bad_request', message, options);
  } finally {
    await thread.terminate();
  }
}
