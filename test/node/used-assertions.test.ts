// Which JWTs of single use a node remembers.

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type KeptAssertions, UsedAssertions } from '../../src/node/operations/callers/used-assertions.ts';
import { KeptRecord } from '../../src/node/operations/kept-record.ts';
import { TestLog, temporaryFolder } from './support/test-node.ts';

function take(used: UsedAssertions, of: Parameters<UsedAssertions['unused']>[0]): boolean {
  return used.unused(of)?.take() ?? false;
}

const assertion = (jti: string, expires: number, project = 'P', issuer = 'i') => ({
  project,
  presented: { issuer, jti, expires },
});

test('a jti counts once in a project and for an issuer, until its JWT expires', () => {
  const clock = { now: 0 };
  const used = new UsedAssertions({ record: undefined, now: () => clock.now });
  expect(take(used, assertion('a', 100))).toBe(true);
  expect(take(used, assertion('a', 200))).toBe(false);
  expect(take(used, assertion('a', 100, 'Q'))).toBe(true);
  expect(take(used, assertion('a', 100, 'P', 'j'))).toBe(true);
  expect(take(used, { project: 'P', presented: { issuer: 'i', jti: undefined, expires: 100 } })).toBe(false);
  clock.now = 99;
  expect(take(used, assertion('a', 100))).toBe(false);
  clock.now = 100;
  expect(take(used, assertion('a', 300))).toBe(true);
});

test('a node that remembers as many as it can rejects more, and forgets none before its end', () => {
  const clock = { now: 0 };
  const used = new UsedAssertions({ record: undefined, now: () => clock.now, mostRemembered: 6 });
  for (const jti of ['a', 'b', 'c']) expect(take(used, assertion(jti, 40_000))).toBe(true);
  expect(() => take(used, assertion('d', 40_000))).toThrow('remembers too many assertions');
  expect(take(used, assertion('a', 40_000))).toBe(false);
  clock.now = 40_000;
  expect(take(used, assertion('d', 80_000))).toBe(true);
});

test('what is on the disk has none that expired', async () => {
  const options = {
    path: join(await temporaryFolder(), 'assertions'),
    key: Buffer.alloc(32, 1),
    additionalData: 'assertions',
    title: 'assertions',
    log: new TestLog(),
  };
  const clock = { now: 0 };
  const record = await KeptRecord.open<KeptAssertions>(options);
  const used = new UsedAssertions({ record, now: () => clock.now });
  take(used, assertion('a', 10));
  take(used, assertion('b', 1000));
  clock.now = 10;
  await record.close();
  const { kept } = await KeptRecord.open<KeptAssertions>(options);
  expect(kept?.map(([, end]) => end)).toEqual([1000]);
});

test('an assertion is used when it is taken, once, until it is given back', () => {
  const used = new UsedAssertions({ record: undefined, now: () => 0 });
  const [one, other] = [used.unused(assertion('a', 10)), used.unused(assertion('a', 10))];
  expect(one?.take()).toBe(true);
  expect(other?.take()).toBe(false);
  expect(used.unused(assertion('a', 10))).toBeUndefined();
  one?.giveBack();
  expect(other?.take()).toBe(true);
});

test('one project leaves half of what a node can remember to others, also after a restart', async () => {
  const options = {
    path: join(await temporaryFolder(), 'assertions'),
    key: Buffer.alloc(32, 1),
    additionalData: 'assertions',
    title: 'assertions',
    log: new TestLog(),
  };
  const openUsed = async () => {
    const record = await KeptRecord.open<KeptAssertions>(options);
    return { record, used: new UsedAssertions({ record, now: () => 0, mostRemembered: 4 }) };
  };
  const first = await openUsed();
  for (const jti of ['a', 'b']) expect(take(first.used, assertion(jti, 10))).toBe(true);
  await first.record.close();
  const { used, record } = await openUsed();
  expect(() => take(used, assertion('c', 10))).toThrow('remembers too many assertions');
  for (const jti of ['a', 'b']) expect(take(used, assertion(jti, 10, 'Q'))).toBe(true);
  await record.close();
});
