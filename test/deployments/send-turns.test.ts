import { setImmediate as setImmediateCallback } from 'node:timers';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { SendTurns } from '../../src/deployments/send-turns.ts';

/** Longer than a stretch. */
function compute(): void {
  for (const untilMs = performance.now() + 20; performance.now() < untilMs; ) {
    // No other callback may run meanwhile.
  }
}

describe('streams that send at the same time', () => {
  test('are served in the order in which they came, with turns of the event loop between them', async () => {
    const turns = new SendTurns();
    const served: number[] = [];
    let turn = 0;
    const servedIn = new Set<number>();
    const count = async () => {
      for (; served.length < 6; turn += 1) await setImmediate();
    };
    const counting = count();
    await Promise.all(
      Array.from({ length: 6 }, (_, number) =>
        turns.run(() => {
          compute();
          served.push(number);
          servedIn.add(turn);
        }),
      ),
    );
    await counting;
    expect(served).toEqual([0, 1, 2, 3, 4, 5]);
    expect(servedIn.size).toBe(6);
  });

  test('leave the rest of a turn to others when one of them has much to send', async () => {
    const turns = new SendTurns();
    const served: string[] = [];
    const all = [true, true, false].map((isMuch, number) =>
      turns.run(() => void served.push(String(number)), { isMuch }),
    );
    expect(served).toEqual(['0']);
    setImmediateCallback(() => served.push('turn'));
    await Promise.all(all);
    await setImmediate();
    expect(served).toEqual(['0', '1', 'turn', '2']);
  });

  test('are served before all others where they revoke a key', async () => {
    const turns = new SendTurns();
    const served: string[] = [];
    const run = (name: string, isUrgent = false) => turns.run(() => void served.push(name), { isUrgent });
    turns.run(compute);
    await Promise.all([run('a'), run('b'), run('revocation', true), run('another', true), run('c')]);
    expect(served).toEqual(['revocation', 'another', 'a', 'b', 'c']);
  });

  test('do not wait if no other stream sends', () => {
    const turns = new SendTurns();
    let done = false;
    expect(
      turns.run(() => {
        done = true;
      }),
    ).toBeUndefined();
    expect(done).toBe(true);
  });

  test('get the error of their own work, and block no other stream with it', async () => {
    const turns = new SendTurns();
    const fails = () => {
      throw new Error('the stream is gone');
    };
    turns.run(compute);
    const failed = Promise.resolve(turns.run(fails));
    const after = Promise.resolve(turns.run(() => {}));
    await expect(failed).rejects.toThrow('the stream is gone');
    await expect(after).resolves.toBeUndefined();
  });
});
