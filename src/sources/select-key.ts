// Reads untrusted documents. Strict parsing takes time in proportion to their length, so a long one is parsed in a
// worker thread, with a bounded number at a time.

import { ok } from 'node:assert/strict';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { type ErrorOptions, KeyplaneError } from '../errors.ts';
import { type JsonObject, type JsonValue, parseJson } from '../jose/json.ts';
import { type FollowedKey, keysOf, selectAgain, selectKey } from '../jose/key-set.ts';
import { moduleFile } from '../runtime/module-file.ts';
import { Semaphore } from '../runtime/semaphore.ts';
import { inspectedKeysAtMost } from './inspected-key.ts';

export interface KeyDocument {
  readonly text: string;
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
const threadMemoryMb = 512;
/** The other core is the event loop's. */
const threadsAtOnce = 1;
const threads = new Semaphore(threadsAtOnce);

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
  const document = parseJson(job.text, job.what);
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
  if (job.text.length <= inlineCharacters) return readInline(job);
  return threads.run(() => readInThread(job));
}

async function readInThread(job: KeyDocumentJob): Promise<{ readonly key: JsonObject } | ListedKeys> {
  const thread = new Worker(moduleFile(new URL('./select-key-thread.ts', import.meta.url)), {
    workerData: job,
    resourceLimits: { maxOldGenerationSizeMb: threadMemoryMb },
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
