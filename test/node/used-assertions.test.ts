// Which JWTs of single use a node remembers.

import { cp, mkdir, rm, stat, truncate } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { type KeptAssertion, UsedAssertions } from '../../src/node/operations/callers/used-assertions.ts';
import { KeptJournal } from '../../src/node/operations/kept-journal.ts';
import { TestLog, temporaryFolder } from './support/test-node.ts';

async function take(used: UsedAssertions, of: Parameters<UsedAssertions['unused']>[0]): Promise<boolean> {
  return (await used.unused(of)?.take()) ?? false;
}

async function journalOptions() {
  return {
    path: join(await temporaryFolder(), 'assertions'),
    key: Buffer.alloc(32, 1),
    additionalData: 'assertions',
    title: 'assertions',
    log: new TestLog(),
  };
}

type JournalOptions = Parameters<typeof KeptJournal.open>[0];

async function openUsed(options: JournalOptions, mostRemembered = 100) {
  const journal = await KeptJournal.open<KeptAssertion>(options);
  return { journal, used: new UsedAssertions({ journal, now: () => 0, mostRemembered }) };
}

/** What is on the disk at this moment, as a node that was killed leaves it. */
async function killed(options: JournalOptions): Promise<JournalOptions> {
  const folder = await temporaryFolder();
  await cp(dirname(options.path), folder, { recursive: true });
  return { ...options, path: join(folder, 'assertions') };
}

const assertion = (jti: string, expires: number, project = 'P', issuer = 'i') => ({
  project,
  presented: { issuer, jti, expires },
});

test('a jti counts once in a project and for an issuer, until its JWT expires', async () => {
  const clock = { now: 0 };
  const used = new UsedAssertions({ journal: undefined, now: () => clock.now });
  expect(await take(used, assertion('a', 100))).toBe(true);
  expect(await take(used, assertion('a', 200))).toBe(false);
  expect(await take(used, assertion('a', 100, 'Q'))).toBe(true);
  expect(await take(used, assertion('a', 100, 'P', 'j'))).toBe(true);
  expect(await take(used, { project: 'P', presented: { issuer: 'i', jti: undefined, expires: 100 } })).toBe(
    false,
  );
  clock.now = 99;
  expect(await take(used, assertion('a', 100))).toBe(false);
  clock.now = 100;
  expect(await take(used, assertion('a', 300))).toBe(true);
});

test('a node that remembers as many as it can rejects more, and forgets none before its end', async () => {
  const clock = { now: 0 };
  const used = new UsedAssertions({ journal: undefined, now: () => clock.now, mostRemembered: 6 });
  for (const jti of ['a', 'b', 'c']) expect(await take(used, assertion(jti, 40_000))).toBe(true);
  await expect(take(used, assertion('d', 40_000))).rejects.toThrow('remembers too many assertions');
  expect(await take(used, assertion('a', 40_000))).toBe(false);
  clock.now = 40_000;
  expect(await take(used, assertion('d', 80_000))).toBe(true);
});

test('what is on the disk has none that expired', async () => {
  const options = await journalOptions();
  const clock = { now: 0 };
  const journal = await KeptJournal.open<KeptAssertion>(options);
  const used = new UsedAssertions({ journal, now: () => clock.now });
  await take(used, assertion('a', 10));
  await take(used, assertion('b', 1000));
  clock.now = 10;
  await journal.close();
  const { kept } = await KeptJournal.open<KeptAssertion>(options);
  expect(kept.map(([, end]) => end)).toEqual([1000]);
});

test('an assertion is on the disk once it is taken, also of a node that is killed then', async () => {
  const options = await journalOptions();
  const first = await openUsed(options);
  const jtis = Array.from({ length: 20 }, (_, index) => `j${index}`);
  expect(await take(first.used, assertion('before', 10))).toBe(true);
  await Promise.all(jtis.map((jti) => take(first.used, assertion(jti, 10))));
  const second = await openUsed(await killed(options));
  for (const jti of ['before', ...jtis]) expect(await take(second.used, assertion(jti, 10))).toBe(false);
  expect(await take(second.used, assertion('another', 10))).toBe(true);
  await Promise.all([first, second].map(({ journal }) => journal.close()));
});

test('a journal that has become long is replaced by a snapshot, and nothing of it is forgotten', async () => {
  const options = { ...(await journalOptions()), mostJournalBytes: 300 };
  const first = await openUsed(options);
  for (let index = 0; index < 10; index += 1) await take(first.used, assertion(`j${index}`, 10));
  const snapshot = await killed(options);
  await rm(`${snapshot.path}.journal`);
  expect((await KeptJournal.open(snapshot)).kept.length).toBeGreaterThan(5);
  const second = await openUsed(await killed(options));
  for (let index = 0; index < 10; index += 1) {
    expect(await take(second.used, assertion(`j${index}`, 10))).toBe(false);
  }
  await Promise.all([first, second].map(({ journal }) => journal.close()));
});

test('half an entry at the end of the journal, of which nothing was answered, hides no other', async () => {
  const options = await journalOptions();
  const first = await openUsed(options);
  // The snapshot has the first one too.
  for (const jti of ['a', 'b', 'c']) await take(first.used, assertion(jti, 10));
  const torn = await killed(options);
  const { size } = await stat(`${torn.path}.journal`);
  await truncate(`${torn.path}.journal`, size - 1);
  const second = await openUsed(torn);
  for (const jti of ['a', 'b']) expect(await take(second.used, assertion(jti, 10))).toBe(false);
  expect(await take(second.used, assertion('c', 10))).toBe(true);
  await Promise.all([first, second].map(({ journal }) => journal.close()));
});

test('an assertion is not accepted while the disk cannot be written', async () => {
  const options = await journalOptions();
  const { journal, used } = await openUsed(options);
  await mkdir(`${options.path}.journal`);
  await expect(take(used, assertion('a', 10))).rejects.toThrow('cannot write to its disk');
  await rm(`${options.path}.journal`, { recursive: true });
  expect(await take(used, assertion('a', 10))).toBe(true);
  await journal.close();
});

test('an assertion is used when it is taken, once, until it is given back', async () => {
  const used = new UsedAssertions({ journal: undefined, now: () => 0 });
  const [one, other] = [used.unused(assertion('a', 10)), used.unused(assertion('a', 10))];
  expect(await one?.take()).toBe(true);
  expect(await other?.take()).toBe(false);
  expect(used.unused(assertion('a', 10))).toBeUndefined();
  one?.giveBack();
  expect(await other?.take()).toBe(true);
});

test('an assertion that was given back may be used after a restart, and one that was taken again may not', async () => {
  const options = await journalOptions();
  const first = await openUsed(options);
  const [back, again] = [first.used.unused(assertion('a', 10)), first.used.unused(assertion('b', 10))];
  for (const one of [back, again]) {
    await one?.take();
    one?.giveBack();
  }
  await again?.take();
  const second = await openUsed(await killed(options));
  expect(await take(second.used, assertion('a', 10))).toBe(true);
  expect(await take(second.used, assertion('b', 10))).toBe(false);
  await Promise.all([first, second].map(({ journal }) => journal.close()));
});

test('one project leaves half of what a node can remember to others, also after a restart', async () => {
  const options = await journalOptions();
  const first = await openUsed(options, 4);
  for (const jti of ['a', 'b']) expect(await take(first.used, assertion(jti, 10))).toBe(true);
  await first.journal.close();
  const { used, journal } = await openUsed(options, 4);
  await expect(take(used, assertion('c', 10))).rejects.toThrow('remembers too many assertions');
  for (const jti of ['a', 'b']) expect(await take(used, assertion(jti, 10, 'Q'))).toBe(true);
  await journal.close();
});
