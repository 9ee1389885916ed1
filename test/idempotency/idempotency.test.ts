import { createSecretKey, randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { Idempotency } from '../../src/idempotency/idempotency.ts';
import { requestHash } from '../../src/idempotency/request-hash.ts';
import type { Store } from '../../src/store/store.ts';
import { sampleUser } from '../store/samples.ts';
import { withDatabases } from '../support/databases.ts';

const key = Buffer.alloc(32, 7);
const meaning = { method: 'POST', route: '/things/', params: {}, query: {}, body: { name: 'a' } };
const deployment = { targets: [{ environmentId: 'production', revision: 5 }], verb: 'deploy' as const };
const fail = (error: unknown) => {
  throw error;
};

withDatabases('idempotency', (fresh) => {
  async function open() {
    const database = await fresh();
    const store = await database.open();
    const user = sampleUser();
    await store.write((stores) => stores.users.insert(user));
    const waits: unknown[] = [];
    const over = (own: Store) =>
      new Idempotency<string>({
        store: own,
        key,
        onError: fail,
        async deployAgain(kept) {
          waits.push(kept);
          return `answer ${waits.length}`;
        },
      });
    const request = { userId: user.id, key: 'k', meaning };
    return { database, store, over, waits, request };
  }

  test('completes a change whose commit succeeded and whose answer was lost', async () => {
    const { store, over, waits, request } = await open();
    const lost = over(store).run(request, async (once) => {
      await store.write((stores) => once.save(stores, deployment));
      throw new Error('the connection went away');
    });
    expect(await lost).toBe('answer 1');
    expect(waits).toEqual([deployment]);
    const never = async () => fail(new Error('it is not done again'));
    expect(await over(store).run(request, never)).toBe('answer 1');
    expect(waits).toHaveLength(1);
  });

  test('makes only one of two managers store the change, and both answer', async () => {
    const { database, store, over, request } = await open();
    const other = await database.open();
    const both = Promise.withResolvers<void>();
    let arrived = 0;
    const act = (own: Store) =>
      over(own).run(request, async (once) => {
        arrived += 1;
        if (arrived === 2) both.resolve();
        await both.promise;
        await own.write((stores) => once.save(stores, deployment));
        return 'stored';
      });
    const answers = await Promise.all([act(store), act(other)]);
    expect(answers).toContain('stored');
    expect(arrived).toBe(2);
    const { raw } = database;
    expect(await raw('select user_id from idempotency_keys')).toHaveLength(1);
  });

  test('runs a change once if one manager gets it twice at once', async () => {
    const { store, over, request } = await open();
    const manager = over(store);
    let done = 0;
    const act = () =>
      manager.run(request, async (once) => {
        done += 1;
        await store.write((stores) => once.save(stores, deployment));
        return 'stored';
      });
    expect(await Promise.all([act(), act(), act()])).toEqual(['stored', 'stored', 'stored']);
    expect(done).toBe(1);
  });

  test('leaves nothing behind of a change that was refused', async () => {
    const { store, over, request } = await open();
    const refused = over(store).run(request, () =>
      store.write(async (stores) => {
        await stores.idempotencyKeys.find(request);
        throw new Error('refused');
      }),
    );
    await expect(refused).rejects.toThrow('refused');
    expect(await over(store).run(request, async () => 'done')).toBe('done');
  });

  test('forgets keys by the clock of the database, some at a time, the oldest first', async () => {
    const { store, request } = await open();
    for (const name of ['a', 'b', 'c']) {
      const kept = { userId: request.userId, key: name, requestHash: key, deployment: 'null', answer: null };
      await store.write((stores) => stores.idempotencyKeys.insert(kept));
    }
    const prune = (olderThanMs: number, limit: number) =>
      store.write((stores) => stores.idempotencyKeys.prune(olderThanMs, limit));
    expect(await prune(60_000, 10)).toBe(0);
    expect(await prune(-60_000, 2)).toBe(2);
    expect(await prune(-60_000, 2)).toBe(1);
  });
});

describe('the hash of a request', () => {
  const secret = createSecretKey(key);
  const hashOf = (body: unknown) => requestHash(secret, { ...meaning, body }).toString('hex');

  test('does not depend on the order of members, nor on members that are undefined', () => {
    expect(hashOf({ a: 1, b: [2], c: undefined })).toBe(hashOf({ b: [2], a: 1 }));
  });

  test('differs wherever the requests do', () => {
    const bodies = [
      undefined,
      { a: '1' },
      { a: 1 },
      { a: true },
      { a: 'true' },
      { a: ['1'] },
      { a: ['1', ''] },
      { a: { 1: '' } },
      { a: '', b: '' },
      { a: 's0:b' },
    ];
    expect(new Set(bodies.map(hashOf)).size).toBe(bodies.length);
  });

  test('cannot be computed without the key', () => {
    const another = requestHash(createSecretKey(randomBytes(32)), { ...meaning, body: {} });
    expect(another.toString('hex')).not.toBe(hashOf({}));
  });
});
