// Which JWTs of single use a node remembers.

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type KeptAssertions, UsedAssertions } from '../../src/node/operations/callers/used-assertions.ts';
import { KeptRecord } from '../../src/node/operations/kept-record.ts';
import { TestLog, temporaryFolder } from './support/test-node.ts';

const assertion = (jti: string, expires: number, project = 'P', issuer = 'i') => ({
  project,
  presented: { issuer, jti, expires },
});

test('a jti counts once in a project and for an issuer, until its JWT expires', () => {
  const clock = { now: 0 };
  const used = new UsedAssertions({ record: undefined, now: () => clock.now });
  expect(used.take(assertion('a', 100))).toBe(true);
  expect(used.take(assertion('a', 200))).toBe(false);
  expect(used.take(assertion('a', 100, 'Q'))).toBe(true);
  expect(used.take(assertion('a', 100, 'P', 'j'))).toBe(true);
  expect(used.take({ project: 'P', presented: { issuer: 'i', jti: undefined, expires: 100 } })).toBe(false);
  clock.now = 99;
  expect(used.take(assertion('a', 100))).toBe(false);
  clock.now = 100;
  expect(used.take(assertion('a', 300))).toBe(true);
});

test('a node that remembers as many as it can rejects more, and forgets none before its end', () => {
  const clock = { now: 0 };
  const used = new UsedAssertions({ record: undefined, now: () => clock.now, mostRemembered: 3 });
  for (const jti of ['a', 'b', 'c']) expect(used.take(assertion(jti, 40_000))).toBe(true);
  expect(() => used.take(assertion('d', 40_000))).toThrow('remembers too many assertions');
  expect(used.take(assertion('a', 40_000))).toBe(false);
  clock.now = 40_000;
  expect(used.take(assertion('d', 80_000))).toBe(true);
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
  used.take(assertion('a', 10));
  used.take(assertion('b', 1000));
  clock.now = 10;
  await record.close();
  const { kept } = await KeptRecord.open<KeptAssertions>(options);
  expect(kept?.map(([, end]) => end)).toEqual([1000]);
});
