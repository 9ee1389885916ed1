// A thread that generates RSA keys. In libuv's pool they would keep files, DNS and sign-ins waiting for seconds. It starts
// with its first key and ends when it has had nothing to do for a while.

import { Worker } from 'node:worker_threads';
import type { JsonObject } from '../jose/json.ts';
import { moduleFile } from '../runtime/module-file.ts';

const idleMs = 10_000;
const threadFile = moduleFile(new URL('./generate-rsa-thread.ts', import.meta.url));

export class RsaThread {
  #worker: Worker | undefined;
  #idleTimer: NodeJS.Timeout | undefined;

  /** One key at a time. */
  async generate(bits: number): Promise<JsonObject> {
    clearTimeout(this.#idleTimer);
    const worker = this.#worker ?? this.#start();
    const { promise, resolve, reject } = Promise.withResolvers<JsonObject>();
    const onExit = () => reject(new Error('the thread that generates RSA keys ended'));
    worker.ref();
    worker.once('message', resolve).once('error', reject).once('exit', onExit);
    try {
      worker.postMessage(bits);
      return await promise;
    } finally {
      worker.off('message', resolve).off('error', reject).off('exit', onExit);
      worker.unref();
      this.#idleTimer = setTimeout(() => void worker.terminate(), idleMs).unref();
    }
  }

  #start(): Worker {
    const worker = new Worker(threadFile, { name: 'rsa', env: {}, execArgv: [] });
    this.#worker = worker;
    // An error between two keys must not end the process; the next key starts another thread.
    worker.on('error', () => undefined);
    worker.on('exit', () => {
      if (this.#worker === worker) this.#worker = undefined;
    });
    return worker;
  }
}
