// Reads one large document in a thread of its own; see `select-key.ts`.

import { parentPort, workerData } from 'node:worker_threads';
import { isKeyplaneError } from '../errors.ts';
import { parseJson } from '../jose/json.ts';
import { selectKey } from '../jose/key-set.ts';
import type { SelectKeyAnswer, SelectKeyJob } from './select-key.ts';

const { text, what, kid } = workerData as SelectKeyJob;

function answer(): SelectKeyAnswer {
  try {
    return { key: { ...selectKey(parseJson(text, what), kid) } };
  } catch (error) {
    if (isKeyplaneError(error)) return { refusal: error.message, detail: error.detail };
    throw error;
  }
}

parentPort?.postMessage(answer());
