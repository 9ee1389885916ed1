// One thread and its one job. The first job starts it, and it is kept for a while for the next. It is terminated when a
// job takes too long, because nothing else stops a computation.

import { Worker } from 'node:worker_threads';
import { badRequest, KeyplaneError } from '../errors.ts';
import { moduleFile } from '../runtime/module-file.ts';
import type { KeystoreJob, ThreadAnswer, ThreadReady } from './keystore-job.ts';

const startTimeoutMs = 30_000;
const threadFile = moduleFile(new URL('./keystore-thread.ts', import.meta.url));
/** A keystore of 1,000 keys opens in a quarter of it. */
const resourceLimits = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 32, stackSizeMb: 4 };

export class ThreadSlot {
  readonly #timeoutMs: number;
  readonly #idleMs: number;
  readonly #priority: number;
  #worker: Worker | undefined;
  #ready = false;
  #idleTimer: NodeJS.Timeout | undefined;
  #abandon: ((reason: Error) => void) | undefined;

  /** @param limits priority: the nice value of the thread */
  constructor(limits: { timeoutMs: number; idleMs: number; priority: number }) {
    this.#timeoutMs = limits.timeoutMs;
    this.#idleMs = limits.idleMs;
    this.#priority = limits.priority;
  }

  /** @throws {KeyplaneError} bad_request when time or memory run out, internal_error when the thread fails */
  async answer(job: KeystoreJob): Promise<ThreadAnswer> {
    clearTimeout(this.#idleTimer);
    const worker = this.#worker ?? this.#start();
    worker.ref();
    try {
      return await this.#exchange(worker, job);
    } finally {
      this.#abandon = undefined;
      worker.unref();
      this.#idleTimer = setTimeout(() => void this.stop(), this.#idleMs).unref();
    }
  }

  /** Ends the thread; a job that is under way is refused with `reason`. */
  async stop(reason?: KeyplaneError): Promise<void> {
    clearTimeout(this.#idleTimer);
    const worker = this.#worker;
    this.#worker = undefined;
    if (reason !== undefined) this.#abandon?.(reason);
    await worker?.terminate();
  }

  #start(): Worker {
    // Neither the environment nor its secrets are any business of a parser.
    const worker = new Worker(threadFile, {
      name: 'keystore',
      env: {},
      execArgv: [],
      resourceLimits,
      workerData: this.#priority,
    });
    this.#worker = worker;
    this.#ready = false;
    // One that fails between two jobs must not take the process with it; the next job starts another.
    worker.on('error', () => undefined);
    worker.on('exit', () => {
      if (this.#worker === worker) this.#worker = undefined;
    });
    return worker;
  }

  async #exchange(worker: Worker, job: KeystoreJob): Promise<ThreadAnswer> {
    const { promise, resolve, reject } = Promise.withResolvers<ThreadAnswer>();
    this.#abandon = reject;
    const what = job.task === 'openKey' ? 'Key content' : 'Keystore';
    const onError = (error: unknown) => reject(failureOf(error, what));
    const onExit = () => reject(threadFailed('thread ended'));
    const giveUpAfter = (ms: number) => setTimeout(() => void this.stop(tooSlow(this.#timeoutMs, what)), ms);
    // That a busy machine is slow to start a thread is no fault of the keystore.
    let timer = giveUpAfter(this.#ready ? this.#timeoutMs : startTimeoutMs);
    const onMessage = (message: ThreadAnswer | ThreadReady) => {
      if (!('ready' in message)) return resolve(message);
      this.#ready = true;
      clearTimeout(timer);
      timer = giveUpAfter(this.#timeoutMs);
    };
    worker.on('message', onMessage).once('error', onError).once('exit', onExit);
    try {
      // The copy is handed over, not shared: the caller keeps its bytes, and no other copy stays behind.
      const file = Uint8Array.from(job.file);
      worker.postMessage({ ...job, file }, [file.buffer]);
      return await promise;
    } finally {
      clearTimeout(timer);
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
    }
  }
}

function tooSlow(timeoutMs: number, what: string): KeyplaneError {
  return badRequest(`${what} takes too long to open: more than ${timeoutMs} ms!`);
}

function failureOf(error: unknown, what: string): KeyplaneError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ERR_WORKER_OUT_OF_MEMORY') return badRequest(`${what} takes too much memory to open!`);
  return threadFailed(error instanceof Error ? error.message : 'not an Error');
}

export function threadFailed(detail: string): KeyplaneError {
  return new KeyplaneError('internal_error', 'An unexpected error occurred', { detail });
}
