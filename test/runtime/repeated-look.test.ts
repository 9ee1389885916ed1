import { expect, onTestFinished, test } from 'vitest';
import { RepeatedLook } from '../../src/runtime/repeated-look.ts';

/** Looks that end when the test says so. */
function looksByHand(everyMs = 1) {
  const begun: PromiseWithResolvers<void>[] = [];
  const errors: unknown[] = [];
  const waiting: (() => void)[] = [];
  const looks = new RepeatedLook({
    everyMs,
    look: () => {
      const one = Promise.withResolvers<void>();
      begun.push(one);
      waiting.shift()?.();
      return one.promise;
    },
    onError: (error) => errors.push(error),
  });
  onTestFinished(async () => {
    for (const one of begun) one.resolve();
    await looks.close();
  });
  const next = () => new Promise<void>((resolve) => waiting.push(resolve));
  return { looks, begun, errors, next };
}

test('a look begins only after an earlier one has ended', async () => {
  const { looks, begun, next } = looksByHand();
  const first = looks.now();
  const second = looks.now();
  await Promise.resolve();
  expect(begun).toHaveLength(1);
  const began = next();
  begun[0]?.resolve();
  await began;
  expect(begun).toHaveLength(2);
  begun[1]?.resolve();
  await Promise.all([first, second]);
});

test('looks go on after one that failed, and its error is reported', async () => {
  const { looks, begun, errors, next } = looksByHand();
  const first = next();
  looks.start();
  await first;
  const second = next();
  begun[0]?.reject(new Error('a look failed'));
  await second;
  expect(errors).toEqual([new Error('a look failed')]);
});

test('the end waits for the look in progress, and none begins after it', async () => {
  const { looks, begun, next } = looksByHand();
  const first = next();
  looks.start();
  await first;
  let isOver = false;
  const closed = looks.close().then(() => {
    isOver = true;
  });
  expect(looks.isClosed).toBe(true);
  await new Promise(setImmediate);
  expect(isOver).toBe(false);
  begun[0]?.resolve();
  await closed;
  looks.start();
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(begun).toHaveLength(1);
});
