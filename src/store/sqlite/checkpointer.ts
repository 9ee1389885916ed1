// Keeps the write-ahead log short, in a thread that is started when there is something to do and ended when there has
// been nothing for a while.

import { once } from 'node:events';
import { statfs } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { moduleFile } from '../../runtime/module-file.ts';
import type { LogMark } from './write-ahead-log.ts';

const threadFile = moduleFile(new URL('./checkpoint-thread.ts', import.meta.url));
const idleMs = 5_000;
const resourceLimits = { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 4, stackSizeMb: 1 };

/** 16 MiB at the usual page size. */
const framesBetween = 4_000;
/** How much further the log may grow while the thread starts, which takes longer than the checkpoint itself. */
const framesWhileStarting = 1_000;
/** How far the log grows between two looks at what is free on the disk. */
const framesBetweenLooks = 256;
const pauseAfterRefusalMs = 500;

export class Checkpointer {
  readonly #path: string;
  #worker: Worker | undefined;
  /** The thread has loaded what it needs. */
  #isReady = false;
  #idleTimer: NodeJS.Timeout | undefined;
  #dueAt = framesBetween;
  #lookAt = framesBetweenLooks;
  /** Since a write found no room: when the log is to be made shorter. */
  #roomWantedAt = Number.POSITIVE_INFINITY;

  constructor(path: string) {
    this.#path = path;
  }

  /** @param log as it is on the disk */
  async isDue({ frames, pageBytes }: LogMark): Promise<boolean> {
    if (frames > 0 && performance.now() >= this.#roomWantedAt) return true;
    if (frames >= this.#dueAt) {
      // Every write waits for a checkpoint. None waits for the thread, unless that takes long.
      if (this.#isReady || frames >= this.#dueAt + framesWhileStarting) return true;
      this.#worker ??= this.#start();
    }
    if (frames < this.#lookAt) return false;
    this.#lookAt = frames + framesBetweenLooks;
    // A log that is longer than what is left could not be copied any more, and the disk would stay full.
    return (await freeBytes(this.#path)) < frames * pageBytes;
  }

  /** The disk had no room for a write. It may be the log itself that fills it, however short it still is. */
  wantRoom(): void {
    this.#roomWantedAt = Math.min(this.#roomWantedAt, performance.now());
  }

  /**
   * Call it when all commits are durable, and commit nothing until it resolves: otherwise frames that may still be
   * undone would be in the database. Never rejects; what failed is retried later.
   */
  async run(frames: number): Promise<void> {
    clearTimeout(this.#idleTimer);
    const isDone = await this.#ask().catch(() => false);
    this.#dueAt = isDone ? framesBetween : frames + framesBetween;
    this.#lookAt = isDone ? framesBetweenLooks : frames + framesBetweenLooks;
    if (isDone) this.#roomWantedAt = Number.POSITIVE_INFINITY;
    else if (this.#roomWantedAt < Number.POSITIVE_INFINITY) {
      this.#roomWantedAt = performance.now() + pauseAfterRefusalMs;
    }
    this.#idleTimer = setTimeout(() => void this.stop(), idleMs).unref();
  }

  /** Its connection to the database is closed once it resolves. */
  async stop(): Promise<void> {
    clearTimeout(this.#idleTimer);
    const worker = this.#worker;
    this.#forget();
    await worker?.terminate();
  }

  #forget(): void {
    this.#worker = undefined;
    this.#isReady = false;
  }

  async #ask(): Promise<boolean> {
    this.#worker ??= this.#start();
    const worker = this.#worker;
    worker.ref();
    try {
      const ended = new AbortController();
      const { signal } = ended;
      const answered = this.#answer(worker, signal);
      const exited = once(worker, 'exit', { signal }).then(() => [{ done: false }] as const);
      try {
        return (await Promise.race([answered, exited]))[0].done;
      } finally {
        answered.catch(() => undefined);
        exited.catch(() => undefined);
        ended.abort();
      }
    } finally {
      worker.unref();
    }
  }

  async #answer(worker: Worker, signal: AbortSignal): Promise<[{ done: boolean }]> {
    if (!this.#isReady) await once(worker, 'message', { signal });
    const answered = once(worker, 'message', { signal }) as Promise<[{ done: boolean }]>;
    worker.postMessage('checkpoint');
    return answered;
  }

  #start(): Worker {
    const workerData = { path: this.#path };
    const options = { name: 'checkpoint', env: {}, execArgv: [], resourceLimits, workerData };
    const worker = new Worker(threadFile, options);
    worker.unref();
    worker.on('error', () => undefined);
    worker.once('message', () => {
      this.#isReady = this.#worker === worker;
    });
    worker.on('exit', () => {
      if (this.#worker === worker) this.#forget();
    });
    return worker;
  }
}

/** Infinity where the system does not report it. */
async function freeBytes(path: string): Promise<number> {
  const disk = await statfs(path).catch(() => undefined);
  return disk === undefined ? Number.POSITIVE_INFINITY : disk.bavail * disk.bsize;
}
