import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { badRequest } from '../errors.ts';
import { type JsonObject, parseJson } from '../jose/json.ts';
import { selectKey } from '../jose/key-set.ts';

export interface SelectKeyJob {
  readonly text: string;
  /** Starts the text of every refusal. */
  readonly what: string;
  readonly kid: string | undefined;
}

export type SelectKeyAnswer =
  | { readonly key: JsonObject }
  | { readonly refusal: string; readonly detail?: string | undefined };

/** Up to here a strict reading takes some 10 ms; beyond it, other requests would have to wait for it. */
const inlineCharacters = 1024 * 1024;
const threadMemoryMb = 512;

/**
 * The key that is meant, out of a document that a stranger wrote.
 * @throws KeyplaneError `bad_request`
 */
export async function selectKeyFrom(job: SelectKeyJob): Promise<JsonObject> {
  if (job.text.length <= inlineCharacters) return selectKey(parseJson(job.text, job.what), job.kid);
  const thread = new Worker(new URL('./select-key-thread.ts', import.meta.url), {
    workerData: job,
    resourceLimits: { maxOldGenerationSizeMb: threadMemoryMb },
  });
  try {
    const [answer] = (await once(thread, 'message')) as [SelectKeyAnswer];
    if ('refusal' in answer)
      throw badRequest(answer.refusal, answer.detail === undefined ? {} : { detail: answer.detail });
    return answer.key;
  } finally {
    await thread.terminate();
  }
}
