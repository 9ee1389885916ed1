// The file a keystore thread runs: jobs in, results out, one at a time. Its `workerData` is its priority.

import process from 'node:process';
import { parentPort, workerData } from 'node:worker_threads';
import { lowerThreadPriority } from '../runtime/thread-priority.ts';
import { answerKeystoreJob } from './answer-keystore-job.ts';
import type { KeystoreJob, ThreadAnswer, ThreadReady } from './keystore-job.ts';

lowerThreadPriority(workerData as number);
parentPort?.on('message', (job: KeystoreJob) => {
  const before = process.threadCpuUsage();
  const answer = answerKeystoreJob(job);
  const { user, system } = process.threadCpuUsage(before);
  parentPort?.postMessage({ ...answer, processorMs: (user + system) / 1_000 } satisfies ThreadAnswer);
});
parentPort?.postMessage({ ready: true } satisfies ThreadReady);
