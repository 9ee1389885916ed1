// Reads one large document in a thread of its own; see `select-key.ts`.

import { parentPort, workerData } from 'node:worker_threads';
import { isKeyplaneError } from '../errors.ts';
import { parseJson } from '../jose/json.ts';
import { selectKey } from '../jose/key-set.ts';
import { type KeyDocumentAnswer, type KeyDocumentJob, listKeys } from './select-key.ts';

const job = workerData as KeyDocumentJob;

function answer(): KeyDocumentAnswer {
  try {
    if ('list' in job) return listKeys(job);
    return { key: { ...selectKey(parseJson(job.text, job.what), job.kid) } };
  } catch (error) {
    if (isKeyplaneError(error)) return { refusal: error.message, detail: error.detail };
    throw error;
  }
}

parentPort?.postMessage(answer());
