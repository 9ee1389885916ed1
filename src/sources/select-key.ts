import { ok } from 'node:assert/strict';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { badRequest } from '../errors.ts';
import { type JsonObject, type JsonValue, parseJson } from '../jose/json.ts';
import { keysOf, selectKey } from '../jose/key-set.ts';
import { inspectedKeysAtMost } from './inspected-key.ts';

export interface KeyDocument {
  readonly text: string;
  /** Starts the text of every refusal. */
  readonly what: string;
}

/** One key of a document, or with `list` the first of all. */
export type KeyDocumentJob = KeyDocument & ({ readonly kid: string | undefined } | { readonly list: true });

export interface ListedKeys {
  /** The first ones. */
  readonly keys: readonly JsonValue[];
  readonly total: number;
}

export type KeyDocumentAnswer =
  | { readonly key: JsonObject }
  | ListedKeys
  | { readonly refusal: string; readonly detail?: string | undefined };

/** Up to here a strict reading takes some 10 ms; beyond it, other requests would have to wait for it. */
const inlineCharacters = 1024 * 1024;
const threadMemoryMb = 512;

/**
 * The key that is meant, out of a document that a stranger wrote.
 * @throws KeyplaneError `bad_request`
 */
export async function selectKeyFrom(
  job: KeyDocument & { readonly kid: string | undefined },
): Promise<JsonObject> {
  if (job.text.length <= inlineCharacters) return selectKey(parseJson(job.text, job.what), job.kid);
  const answer = await inThread(job);
  ok('key' in answer, 'one key was asked for');
  return answer.key;
}

/**
 * The keys of a document that a stranger wrote, in their order.
 * @throws KeyplaneError `bad_request`
 */
export async function listKeysFrom(document: KeyDocument): Promise<ListedKeys> {
  if (document.text.length <= inlineCharacters) return listKeys(document);
  const answer = await inThread({ ...document, list: true });
  ok('keys' in answer, 'a list was asked for');
  return answer;
}

/** @throws KeyplaneError `bad_request` */
export function listKeys({ text, what }: KeyDocument): ListedKeys {
  const keys = keysOf(parseJson(text, what));
  return { keys: keys.slice(0, inspectedKeysAtMost), total: keys.length };
}

async function inThread(
  job: KeyDocumentJob,
): Promise<Exclude<KeyDocumentAnswer, { readonly refusal: string }>> {
  const thread = new Worker(new URL('./select-key-thread.ts', import.meta.url), {
    workerData: job,
    resourceLimits: { maxOldGenerationSizeMb: threadMemoryMb },
  });
  try {
    const [answer] = (await once(thread, 'message')) as [KeyDocumentAnswer];
    if ('refusal' in answer)
      throw badRequest(answer.refusal, answer.detail === undefined ? {} : { detail: answer.detail });
    return answer;
  } finally {
    await thread.terminate();
  }
}
