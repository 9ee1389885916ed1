// Runs in a thread; see `rsa-thread.ts`. A number of bits comes in, a private JWK goes out.

import { generateKeyPairSync } from 'node:crypto';
import { parentPort } from 'node:worker_threads';
import { lowerThreadPriority } from '../runtime/thread-priority.ts';

lowerThreadPriority();
parentPort?.on('message', (modulusLength: number) => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength, publicExponent: 65_537 });
  parentPort?.postMessage({ ...privateKey.export({ format: 'jwk' }) });
});
