import { describe, expect, test } from 'vitest';
import { FairQueue, type FairQueueOptions } from '../../src/runtime/fair-queue.ts';
import { onBehalfOf } from '../../src/runtime/requester.ts';
import { FakeTime } from '../support/fake-time.ts';

function scene(options: Omit<FairQueueOptions, 'rejection' | 'time'>) {
  const time = new FakeTime();
  const queue = new FairQueue({ ...options, time, rejection: (cause) => new Error(cause) });
  const started: string[] = [];
  const rejected: string[] = [];
  const releases = new Map<string, () => void>();
  const ask = (job: string, requester: string, weight = 1) => {
    queue.acquire({ requester, weight }).then(
      (release) => {
        started.push(job);
        releases.set(job, release);
      },
      (error: Error) => rejected.push(`${job} ${error.message}`),
    );
    return settle();
  };
  const end = (job: string) => {
    releases.get(job)?.();
    return settle();
  };
  return { time, queue, started, rejected, ask, end };
}

/** All microtasks of what was just done. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

describe('a fair queue', () => {
  test('starts a job of another requester before the hundred that one requester queued earlier', async () => {
    const { ask, end, started } = scene({ capacity: 1 });
    for (let job = 0; job < 100; job += 1) await ask(`a${job}`, 'a');
    await ask('b', 'b');
    await end('a0');
    expect(started).toEqual(['a0', 'b']);
  });

  test('runs jobs of one requester in the order in which they came', async () => {
    const { ask, end, started } = scene({ capacity: 1 });
    for (const job of ['a1', 'a2', 'a3']) await ask(job, 'a');
    await end('a1');
    await end('a2');
    expect(started).toEqual(['a1', 'a2', 'a3']);
  });

  test('alternates between requesters whose jobs take no time', async () => {
    const { ask, end, started } = scene({ capacity: 1 });
    for (const job of ['a1', 'a2', 'a3']) await ask(job, 'a');
    for (const job of ['b1', 'b2']) await ask(job, 'b');
    for (const job of ['a1', 'b1', 'a2', 'b2']) await end(job);
    expect(started).toEqual(['a1', 'b1', 'a2', 'b2', 'a3']);
  });

  test('gives a requester of cheap jobs as many turns as one expensive job of another took time', async () => {
    const { time, ask, end, started } = scene({ capacity: 1 });
    await ask('a1', 'a');
    await ask('a2', 'a');
    for (const job of ['b1', 'b2', 'b3']) await ask(job, 'b');
    time.advance(1000);
    await end('a1');
    for (const job of ['b1', 'b2', 'b3']) {
      time.advance(10);
      await end(job);
    }
    expect(started).toEqual(['a1', 'b1', 'b2', 'b3', 'a2']);
  });

  test('gives no credit for time in which a requester asked for nothing', async () => {
    const { time, ask, end, started } = scene({ capacity: 1 });
    for (let job = 1; job <= 5; job += 1) await ask(`a${job}`, 'a');
    for (const job of ['a1', 'a2', 'a3']) {
      time.advance(1000);
      await end(job);
    }
    for (const job of ['b1', 'b2']) await ask(job, 'b');
    time.advance(1000);
    await end('a4');
    time.advance(3000);
    await end('b1');
    expect(started).toEqual(['a1', 'a2', 'a3', 'a4', 'b1', 'a5']);
  });

  test('keeps one requester below its own capacity, and the rest for others', async () => {
    const { ask, started } = scene({ capacity: 3, capacityPerRequester: 2 });
    for (const job of ['a1', 'a2', 'a3']) await ask(job, 'a');
    await ask('b1', 'b');
    expect(started).toEqual(['a1', 'a2', 'b1']);
  });

  test('counts the weight of jobs, and lets no small job starve a large one', async () => {
    const { ask, end, started } = scene({ capacity: 10 });
    await ask('a', 'a', 6);
    await ask('large', 'b', 8);
    await ask('small', 'c', 1);
    expect(started).toEqual(['a']);
    await end('a');
    expect(started).toEqual(['a', 'large', 'small']);
  });

  test('rejects a job at once where all places to wait are taken', async () => {
    const { ask, rejected } = scene({ capacity: 1, waiting: 2 });
    for (const job of ['1', '2', '3']) await ask(job, job);
    await ask('4', '4');
    expect(rejected).toEqual(['4 full']);
  });

  test('rejects a job of a requester who has its share of the places to wait, and takes those of others', async () => {
    const { ask, end, started, rejected } = scene({ capacity: 1, waiting: 3, waitingPerRequester: 2 });
    for (const job of ['a1', 'a2', 'a3', 'a4']) await ask(job, 'a');
    await ask('b', 'b');
    await end('a1');
    expect(rejected).toEqual(['a4 full']);
    expect(started).toEqual(['a1', 'b']);
  });

  test('a job that waited too long is rejected, and frees its place', async () => {
    const { time, ask, rejected } = scene({ capacity: 1, waiting: 1, waitMs: 10_000 });
    await ask('1', 'a');
    await ask('2', 'a');
    time.advance(9_999);
    await settle();
    expect(rejected).toEqual([]);
    time.advance(1);
    await settle();
    expect(rejected).toEqual(['2 waited']);
    await ask('3', 'a');
    expect(rejected).toEqual(['2 waited']);
  });

  test('rejects a job whose time to wait has passed where it would have to wait', async () => {
    const { time, queue } = scene({ capacity: 1 });
    await queue.acquire({ requester: 'a', waitMs: -1 });
    await expect(queue.acquire({ requester: 'b', waitMs: -1 })).rejects.toThrow('waited');
    expect(time.timers).toBe(0);
  });

  test('leaves no timer behind for a job that started', async () => {
    const { time, ask, end } = scene({ capacity: 1, waitMs: 10_000 });
    await ask('1', 'a');
    await ask('2', 'a');
    expect(time.timers).toBe(1);
    await end('1');
    expect(time.timers).toBe(0);
  });

  test('starts what a large job held up, once that has waited too long', async () => {
    const { time, ask, started } = scene({ capacity: 2, waitMs: 100 });
    await ask('a', 'a');
    await ask('large', 'b', 2);
    time.advance(50);
    await ask('small', 'c');
    time.advance(50);
    await settle();
    expect(started).toEqual(['a', 'small']);
  });

  test('releases the capacity of a job once, however often its release is called', async () => {
    const { ask, end, started } = scene({ capacity: 1 });
    for (const job of ['1', '2', '3']) await ask(job, 'a');
    await end('1');
    await end('1');
    expect(started).toEqual(['1', '2']);
  });

  test('releases the capacity of work that throws', async () => {
    const { queue } = scene({ capacity: 1 });
    await expect(queue.run(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(await queue.run(async () => 'done')).toBe('done');
  });

  test('rejects what waits and what comes later once it is closed', async () => {
    const { queue, ask, end, started, rejected } = scene({ capacity: 1 });
    await ask('1', 'a');
    await ask('2', 'b');
    queue.close(new Error('closed'));
    await ask('3', 'c');
    await end('1');
    expect(started).toEqual(['1']);
    expect(rejected).toEqual(['2 closed', '3 closed']);
  });

  test('takes the requester on whose behalf the caller works', async () => {
    const { queue, ask, started, end } = scene({ capacity: 1 });
    await ask('a1', 'a');
    await ask('a2', 'a');
    void onBehalfOf('b', async () => {
      await null;
      return queue.run(async () => started.push('b'));
    });
    await settle();
    await end('a1');
    expect(started).toEqual(['a1', 'b', 'a2']);
  });
});
