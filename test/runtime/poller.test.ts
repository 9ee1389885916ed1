import { expect, onTestFinished, test } from 'vitest';
import { Poller } from '../../src/runtime/poller.ts';

/** Polls that end when the test says so. */
function pollsByHand(everyMs = 1) {
  const begun: PromiseWithResolvers<void>[] = [];
  const errors: unknown[] = [];
  const waiting: (() => void)[] = [];
  const polls = new Poller({
    everyMs,
    poll: () => {
      const one = Promise.withResolvers<void>();
      begun.push(one);
      waiting.shift()?.();
      return one.promise;
    },
    onError: (error) => errors.push(error),
  });
  onTestFinished(async () => {
    for (const one of begun) one.resolve();
    await polls.close();
  });
  const next = () => new Promise<void>((resolve) => waiting.push(resolve));
  return { polls, begun, errors, next };
}

test('a poll begins only after an earlier one has ended', async () => {
  const { polls, begun, next } = pollsByHand();
  const first = polls.now();
  const second = polls.now();
  await Promise.resolve();
  expect(begun).toHaveLength(1);
  const began = next();
  begun[0]?.resolve();
  await began;
  expect(begun).toHaveLength(2);
  begun[1]?.resolve();
  await Promise.all([first, second]);
});

test('polls go on after one that failed, and its error is reported', async () => {
  const { polls, begun, errors, next } = pollsByHand();
  const first = next();
  polls.start();
  await first;
  const second = next();
  begun[0]?.reject(new Error('a poll failed'));
  await second;
  expect(errors).toEqual([new Error('a poll failed')]);
});

test('the end waits for the poll in progress, and none begins after it', async () => {
  const { polls, begun, next } = pollsByHand();
  const first = next();
  polls.start();
  await first;
  let isOver = false;
  const closed = polls.close().then(() => {
    isOver = true;
  });
  expect(polls.isClosed).toBe(true);
  await new Promise(setImmediate);
  expect(isOver).toBe(false);
  begun[0]?.resolve();
  await closed;
  polls.start();
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(begun).toHaveLength(1);
});
