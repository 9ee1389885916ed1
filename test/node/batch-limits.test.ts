// How many items of batches a node has at a time: a request is one, and may be a hundred operations.

import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { CallerIndex } from '../../src/node/operations/callers/caller-index.ts';
import { LoadGuard } from '../../src/node/operations/load-guard.ts';
import { OperationCounts } from '../../src/node/operations/operation-counts.ts';
import { createOperationsServer } from '../../src/node/operations/operations-server.ts';
import { applicationContent, operate, ringContent } from './support/operations.ts';
import { TestLog } from './support/test-node.ts';

test('the items of batches are bounded too, for each application', () => {
  const guard = new LoadGuard({ mostItems: 150, watch: () => () => undefined });
  const [first, second, calm] = [guard.enter('busy'), guard.enter('busy'), guard.enter('calm')];
  expect([first?.takeItems(100), second?.takeItems(51), calm?.takeItems(100)]).toEqual([true, false, true]);
  expect(second?.takeItems(50)).toBe(true);
  first?.leave();
  first?.leave();
  expect([second?.takeItems(101), second?.takeItems(100)]).toEqual([false, true]);
});

/** The listener alone: its operations take the rate of their items, and end when the test says so. */
async function heldListener(mostItems: number) {
  const ring = ringContent('tokens');
  const applications = ['busy', 'calm'].map((name) =>
    applicationContent([{ ...ring, operations: ['SIGN'], rate: { perSecond: 0.001, burst: 300 } }], { name }),
  );
  const callers = new CallerIndex();
  for (const { content } of applications) callers.put(content);
  const held: (() => void)[] = [];
  const load = new LoadGuard({ mostItems, watch: () => () => undefined });
  const options = {
    state: { ready: true },
    index: { target: () => ({ id: ring.id }), signingRings: () => [], generation: 1 },
    callers: { callers, jwts: {}, now: Date.now },
    load,
    counts: new OperationCounts(),
    refusals: { report: () => undefined },
    log: new TestLog(),
    async perform({ bodyText, takeRate }: { bodyText: string; takeRate(items: object): void }) {
      takeRate({ count: JSON.parse(bodyText).items.length, raw: 0 });
      await new Promise<void>((resolve) => held.push(resolve));
      return '{"success":true}';
    },
  };
  const { server, close } = createOperationsServer(options as never);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(close);
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const [busy = '', calm = ''] = applications.map(({ token }) => token);
  const batch = (token: string) =>
    operate(url, 'key-rings/tokens/sign', {
      token,
      body: { items: Array.from({ length: 100 }, () => ({})) },
    });
  const isHeld = (count: number) => expect.poll(() => held.length).toBe(count);
  const release = () => {
    for (const resolve of held.splice(0)) resolve();
  };
  return { busy, calm, batch, isHeld, release };
}

test('an application with too many batches at once is rejected, and another is not', async () => {
  const { busy, calm, batch, isHeld, release } = await heldListener(150);
  const first = batch(busy);
  await isHeld(1);
  const { status, headers, body } = await batch(busy);
  expect(status).toBe(503);
  expect(headers.get('retry-after')).toBe('1');
  expect(body).toEqual({
    error: 'unavailable',
    error_description: 'This node has more operations to do than it can perform soon! Try again.',
    reason: 'UNAVAILABLE',
    retry_after: 1,
  });
  const other = batch(calm);
  await isHeld(2);
  release();
  expect([(await first).status, (await other).status]).toEqual([200, 200]);
  // The batch that was rejected took nothing of the rate: of 300 two hundred are left.
  for (const expected of [200, 200, 429]) {
    const answer = batch(busy);
    if (expected === 200) await isHeld(1);
    release();
    expect((await answer).status).toBe(expected);
  }
});
