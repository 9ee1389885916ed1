// Reads one large document in a worker thread; see `select-key.ts`.

import { parentPort, workerData } from 'node:worker_threads';
import { isKeyplaneError } from '../errors.ts';
import { type KeyDocumentAnswer, type KeyDocumentJob, readInline } from './select-key.ts';

function answer(job: KeyDocumentJob): KeyDocumentAnswer {
  try {
    const read = readInline(job);
    // An object without a prototype arrives as a plain one, so it is no matter that a message does not keep it.
    return 'key' in read ? { key: { ...read.key } } : read;
  } catch (error) {
    if (!isKeyplaneError(error)) throw error;
    const { message, reason, member } = error;
    return { rejected: { message, reason, member } };
  }
}

parentPort?.postMessage(answer(workerData as KeyDocumentJob));
