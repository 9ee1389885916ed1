import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { platform } from 'node:os';
import { promisify } from 'node:util';
import { afterEach, expect, test } from 'vitest';
import { KeyplaneError } from '../../src/errors.ts';
import { openKeystore } from '../../src/formats/keystore.ts';
import { createKeystoreOpener, type KeystoreOpener } from '../../src/keystore-worker/keystore-opener.ts';
import { onBehalfOf } from '../../src/runtime/requester.ts';
import { threadPriorities } from '../../src/runtime/thread-priority.ts';
import { readFixture } from './keystore-fixtures.ts';
import { authenticatedSafe, emptyMac, pfx, shroudedBag, shroudedWith } from './pkcs12-writer.ts';

const openers: KeystoreOpener[] = [];
function opener(options?: { maxWorkers?: number; timeoutMs?: number }): KeystoreOpener {
  const created = createKeystoreOpener(options);
  openers.push(created);
  return created;
}
afterEach(() => Promise.all(openers.splice(0).map((created) => created.close())));

const store = { file: readFixture('java17/default.p12'), password: 'changeit', type: 'PKCS12' } as const;
/** Ten seconds and more of derivations, all within the limits. */
const slow = {
  file: pfx(
    authenticatedSafe(
      ['a', 'b'].map((name) =>
        shroudedBag(shroudedWith('1.2.840.113549.1.12.1.3', 5_000_000), { friendlyName: name }),
      ),
    ),
  ),
  password: 'changeit',
  type: 'PKCS12',
} as const;

test('an entry that a thread reads is complete and has the same bytes', async () => {
  const opened = openKeystore(store);
  const read = opener();
  for (const { alias } of opened.list()) {
    expect(await read.readEntry({ ...store, alias })).toEqual(opened.readEntry(alias));
  }
});

test('an unknown alias reads as undefined', async () => {
  expect(await opener().readEntry({ ...store, alias: 'nobody' })).toBeUndefined();
});

test('an inspection lists every entry and marks those that stay locked', async () => {
  const file = readFixture('java17/key-password.jks');
  const jks = { file, password: 'changeit', type: 'JKS' } as const;
  const inspector = opener();
  const byAlias = async (keyPassword?: string) => {
    const listing = await inspector.inspect({ ...jks, ...(keyPassword && { keyPassword }) });
    return new Map(listing.map(({ alias, locked }) => [alias, locked]));
  };
  expect(await byAlias()).toEqual(
    new Map([
      ['rsa', true],
      ['ec', false],
    ]),
  );
  expect(await byAlias('otherpass')).toEqual(
    new Map([
      ['rsa', false],
      ['ec', true],
    ]),
  );
});

test("a refusal comes out of the thread as the same error, and the caller's bytes are left alone", async () => {
  const wrong = { ...store, password: 'wrong' };
  const error = await opener()
    .inspect(wrong)
    .catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(KeyplaneError);
  expect(error).toMatchObject({
    code: 'bad_request',
    message: 'Keystore can not be opened: the password is wrong or the file is damaged!',
    detail: 'PKCS#12: MAC',
  });
  expect(store.file).toEqual(readFixture('java17/default.p12'));
});

test('a keystore that exceeds the time limit is rejected with a reason, and the next one opens', async () => {
  const impatient = opener({ timeoutMs: 5_000 });
  await expect(impatient.inspect(slow)).rejects.toMatchObject({
    code: 'bad_request',
    message: 'Keystore takes too long to open: more than 5000 ms!',
  });
  // On a busy machine the start of the next thread may exceed the limit, too.
  const opened = () => impatient.inspect(store).catch((): unknown[] => []);
  await expect.poll(async () => (await opened()).length).toBe(5);
});

test('a user has one keystore opened and 48 waiting; more are rejected, and the others are opened', async () => {
  const busy = opener();
  const file = readFixture('java17/key-password.jks');
  const jks = { file, password: 'changeit', type: 'JKS' } as const;
  const ask = (user: string) => onBehalfOf(user, () => busy.inspect(jks));
  const outcomes = await Promise.allSettled([
    ...Array.from({ length: 60 }, () => ask('a')),
    ...Array.from({ length: 10 }, () => ask('b')),
  ]);
  const rejected = outcomes.flatMap((outcome, index) => (outcome.status === 'rejected' ? [index] : []));
  expect(rejected).toEqual([49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59]);
  expect(outcomes[49]).toMatchObject({
    reason: { code: 'rate_limit_exceeded', reason: 'TOO_MANY_REQUESTS', retryAfterSeconds: 5 },
  });
});

test("a small keystore of another user is opened before a user's large ones", async () => {
  const busy = opener();
  const order: string[] = [];
  const ask = (user: string, input: typeof store | typeof slow) =>
    onBehalfOf(user, () => busy.inspect(input).then(() => order.push(user)));
  const large = [1, 2, 3].map(() => ask('a', slow).catch(() => order.push('a')));
  await ask('b', store);
  expect(order).toEqual(['b']);
  await busy.close();
  await Promise.all(large);
});

test('closing rejects running and waiting requests at once', async () => {
  const closing = opener();
  const waiting = [closing.inspect(slow), closing.inspect(store)].map((asked) =>
    expect(asked).rejects.toMatchObject({ code: 'unavailable' }),
  );
  await closing.close();
  await Promise.all(waiting);
  await expect(closing.inspect(store)).rejects.toMatchObject({ code: 'unavailable' });
});

test('the event loop goes on while a keystore is opened', async () => {
  const busy = opener();
  await busy.inspect(store);
  let turns = 0;
  const counting = setInterval(() => turns++, 1);
  // Half a second and more: opened on the event loop it would leave it a turn or two.
  const long = { ...slow, file: pfx(authenticatedSafe([]), emptyMac(4_000_000)) };
  await expect(busy.inspect(long)).rejects.toBeInstanceOf(KeyplaneError);
  clearInterval(counting);
  expect(turns).toBeGreaterThan(20);
});

test('a process ends by itself once its keystores are opened', async () => {
  const script = `
    import { readFileSync } from 'node:fs';
    import { createKeystoreOpener } from './src/keystore-worker/keystore-opener.ts';
    const file = readFileSync('test/formats/fixtures/java17/store.jks');
    const listing = await createKeystoreOpener().inspect({ file, password: 'changeit', type: 'JKS' });
    console.log(listing.length);
  `;
  const args = ['--input-type=module', '--eval', script];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 100_000 });
  expect(stdout.trim()).toBe('5');
});

/** The nice values of the threads of this process that are called keystore: proc_pid_stat(5), field 19. */
function priorities(): number[] {
  return readdirSync('/proc/self/task')
    .map((id) => readFileSync(`/proc/self/task/${id}/stat`, 'utf8'))
    .filter((stat) => stat.includes('(keystore)'))
    .map((stat) => Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]))
    .sort((a, b) => a - b);
}

test.skipIf(platform() !== 'linux')(
  'a user who kept a thread for long gets one of the lowest priority',
  async () => {
    const shared = opener();
    const heavy = {
      file: pfx(authenticatedSafe([]), emptyMac(4_000_000)),
      password: 'no',
      type: 'PKCS12',
    } as const;
    const ask = (user: string, keystore: typeof heavy | typeof store) =>
      onBehalfOf(user, () => shared.inspect(keystore)).catch(() => undefined);
    await ask('ada', store);
    expect(priorities()).toEqual([threadPriorities.low]);
    await ask('bob', heavy);
    expect(priorities()).toEqual([threadPriorities.low]);
    await ask('bob', heavy);
    // A thread that is idle for 10 s ends: the other one may be over.
    expect(priorities()).toContain(threadPriorities.lowest);
  },
);
