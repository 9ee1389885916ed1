import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Semaphore } from '../../src/runtime/semaphore.ts';

test('a semaphore gives a released permit to the caller that has waited longest', async () => {
  const semaphore = new Semaphore(2);
  const got: string[] = [];
  const acquire = (name: string) =>
    semaphore.acquire().then((release) => {
      got.push(name);
      return release;
    });
  const [one, two, three, four] = ['one', 'two', 'three', 'four'].map(acquire);
  const releaseOne = await one;
  await two;
  await setImmediate();
  expect(got).toEqual(['one', 'two']);
  releaseOne?.();
  // Only the first call counts.
  releaseOne?.();
  const releaseThree = await three;
  await setImmediate();
  expect(got).toEqual(['one', 'two', 'three']);
  releaseThree?.();
  await four;
  expect(got).toEqual(['one', 'two', 'three', 'four']);
});

test('a task that fails releases its permit', async () => {
  const semaphore = new Semaphore(1);
  const failed = semaphore.run(async () => {
    throw new Error('the database cannot be reached');
  });
  const after = semaphore.run(async () => 'its turn');
  await expect(failed).rejects.toThrow('the database cannot be reached');
  await expect(after).resolves.toBe('its turn');
});
