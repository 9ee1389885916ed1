// The file a keystore thread runs: jobs in, answers out, one at a time.

import { parentPort } from 'node:worker_threads';
import { lowerThreadPriority } from '../runtime/thread-priority.ts';
import { answerKeystoreJob } from './answer-keystore-job.ts';
import type { KeystoreJob, ThreadReady } from './keystore-job.ts';

lowerThreadPriority();
parentPort?.on('message', (job: KeystoreJob) => parentPort?.postMessage(answerKeystoreJob(job)));
parentPort?.postMessage({ ready: true } satisfies ThreadReady);
