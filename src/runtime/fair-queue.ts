// Bounds an expensive resource and shares it fairly: requesters take turns, and each turn goes to the waiting requester
// who has used the resource least, in time. A requester who comes later starts level with those who wait, so that saving
// up is impossible, and a requester with a hundred jobs delays another by no more than the jobs that already run.

import { currentRequester } from './requester.ts';

export interface FairQueueOptions {
  /** The weight of everything that runs at a time; a job weighs 1 unless it says otherwise. */
  readonly capacity: number;
  /** The part of it that one requester may use. */
  readonly capacityPerRequester?: number;
  /** How many jobs wait at the most. */
  readonly waiting?: number;
  /** How many jobs of one requester wait at the most. */
  readonly waitingPerRequester?: number;
  /** How long a job waits at the most. */
  readonly waitMs?: number;
  /** The error of a job that found the queue full or waited too long. */
  readonly rejection: (cause: QueueRejection) => Error;
  readonly time?: QueueTime;
}

export type QueueRejection = 'full' | 'waited';

/** Milliseconds that only move forward. */
export interface QueueTime {
  now(): number;
  /** Calls `task` after so long. @returns what cancels it */
  after(ms: number, task: () => void): () => void;
}

export interface JobOptions {
  /** The current requester by default. */
  readonly requester?: string;
  readonly weight?: number;
  /** How long this job waits at the most, where that is less than the queue's. */
  readonly waitMs?: number | undefined;
}

interface Job {
  readonly weight: number;
  readonly waitMs: number;
  start(release: () => void): void;
  reject(error: Error): void;
  cancelTimer(): void;
}

interface Requester {
  readonly jobs: Job[];
  running: number;
  /** Time used, level with the least of those who waited when this requester came. */
  used: number;
}

export const realTime: QueueTime = {
  now: () => performance.now(),
  after(ms, task) {
    const timer = setTimeout(task, ms);
    return () => clearTimeout(timer);
  },
};

export class FairQueue {
  readonly #options: Required<FairQueueOptions>;
  readonly #requesters = new Map<string, Requester>();
  #running = 0;
  #waiting = 0;
  #level = 0;
  #closedBy: Error | undefined;

  constructor(options: FairQueueOptions) {
    const { capacity } = options;
    this.#options = {
      capacityPerRequester: capacity,
      waiting: Number.POSITIVE_INFINITY,
      waitingPerRequester: Number.POSITIVE_INFINITY,
      waitMs: Number.POSITIVE_INFINITY,
      time: realTime,
      ...options,
    };
  }

  /** @throws Error the rejection, before `work` was called */
  async run<T>(work: () => Promise<T>, options?: JobOptions): Promise<T> {
    const release = await this.acquire(options);
    try {
      return await work();
    } finally {
      release();
    }
  }

  /**
   * @returns the release of the capacity; calling it again has no effect
   * @throws Error the rejection
   */
  acquire(options: JobOptions = {}): Promise<() => void> {
    const { requester = currentRequester(), weight = 1, waitMs = Number.POSITIVE_INFINITY } = options;
    if (this.#closedBy) return Promise.reject(this.#closedBy);
    const own = this.#requesters.get(requester) ?? { jobs: [], running: 0, used: this.#level };
    if (own.jobs.length === 0 && own.running === 0) own.used = Math.max(own.used, this.#level);
    this.#requesters.set(requester, own);
    return new Promise((resolve, reject) => {
      const job: Job = { weight, waitMs, start: resolve, reject, cancelTimer: () => undefined };
      own.jobs.push(job);
      this.#waiting += 1;
      this.#startNext();
      if (own.jobs.includes(job)) this.#keepWaiting(requester, job);
    });
  }

  /** Rejects everything that waits and everything that is added later. Running work continues. */
  close(error: Error): void {
    this.#closedBy = error;
    for (const { jobs } of this.#requesters.values()) {
      for (const job of jobs.splice(0)) {
        job.cancelTimer();
        job.reject(error);
      }
    }
    this.#waiting = 0;
  }

  #keepWaiting(requester: string, job: Job): void {
    const { waiting, waitingPerRequester, time } = this.#options;
    const waitMs = Math.min(this.#options.waitMs, job.waitMs);
    const ownWaiting = this.#requesters.get(requester)?.jobs.length ?? 0;
    if (this.#waiting > waiting || ownWaiting > waitingPerRequester) this.#reject(requester, job, 'full');
    else if (waitMs <= 0) this.#reject(requester, job, 'waited');
    else if (Number.isFinite(waitMs)) {
      job.cancelTimer = time.after(waitMs, () => this.#reject(requester, job, 'waited'));
    }
  }

  #reject(requester: string, job: Job, cause: QueueRejection): void {
    const own = this.#requesters.get(requester);
    const index = own?.jobs.indexOf(job) ?? -1;
    if (!own || index < 0) return;
    own.jobs.splice(index, 1);
    this.#waiting -= 1;
    job.reject(this.#options.rejection(cause));
    // A large job in front may have held smaller ones up.
    this.#startNext();
  }

  #startNext(): void {
    for (let next = this.#next(); next; next = this.#next()) {
      const [requester, own] = next;
      const job = own.jobs[0];
      if (!job || this.#running + job.weight > this.#options.capacity) return;
      own.jobs.shift();
      this.#waiting -= 1;
      job.cancelTimer();
      this.#start(requester, own, job);
    }
  }

  /** Of those who wait and may run more, the one who used least; of equals the one who had no turn longest. */
  #next(): [string, Requester] | undefined {
    let next: [string, Requester] | undefined;
    for (const entry of this.#requesters) {
      const [, { jobs, running, used }] = entry;
      const [first] = jobs;
      if (!first || running + first.weight > this.#options.capacityPerRequester) continue;
      if (!next || used < next[1].used) next = entry;
    }
    return next;
  }

  #start(requester: string, own: Requester, job: Job): void {
    const { time } = this.#options;
    const startedAt = time.now();
    this.#level = Math.max(this.#level, own.used);
    own.running += job.weight;
    this.#running += job.weight;
    // The turn itself counts, so that jobs that take no time alternate.
    own.used += 1;
    this.#requesters.delete(requester);
    this.#requesters.set(requester, own);
    let isHeld = true;
    job.start(() => {
      if (!isHeld) return;
      isHeld = false;
      own.running -= job.weight;
      this.#running -= job.weight;
      own.used += time.now() - startedAt;
      this.#startNext();
      this.#forgetIdle();
    });
  }

  /** A requester with nothing to do is remembered only while it has used more than those who wait. */
  #forgetIdle(): void {
    const isIdle = this.#running === 0 && this.#waiting === 0;
    for (const [requester, { jobs, running, used }] of this.#requesters) {
      if (jobs.length > 0 || running > 0) continue;
      if (isIdle || used <= this.#level) this.#requesters.delete(requester);
    }
    if (isIdle) this.#level = 0;
  }
}
