import { expect, test, vi } from 'vitest';
import { Lease } from '../../src/leases/lease.ts';
import { Maintenance } from '../../src/leases/maintenance.ts';
import type { Store } from '../../src/store/store.ts';
import { withDatabases } from '../support/databases.ts';
import { until } from '../support/manager.ts';

const tenYearsMs = 10 * 365 * 86_400_000;
const fail = (error: unknown) => {
  throw error;
};
const lost = { code: 'conflict', detail: 'the lease work was lost' };

withDatabases('leases', (fresh) => {
  async function twoManagers(ttlMs?: number) {
    const database = await fresh();
    const one = await database.open();
    const two = await database.open();
    const leaseOf = (store: Store, holder: string) =>
      new Lease({ store, name: 'work', holder, onError: fail, ...(ttlMs !== undefined && { ttlMs }) });
    return { one, two, first: leaseOf(one, 'one'), second: leaseOf(two, 'two'), raw: database.raw };
  }

  test('are held by one manager at a time, and taken over at once when given back', async () => {
    const { one, two, first, second } = await twoManagers();
    expect(await Promise.all([first.take(), second.take()])).toContain(true);
    const [holder, other, store] = first.isHeld ? [first, second, one] : [second, first, two];
    expect(other.isHeld).toBe(false);
    expect(await other.take()).toBe(false);
    await store.write((stores) => holder.requireHeld(stores));
    await holder.release();
    expect(await other.take()).toBe(true);
    expect(await holder.take()).toBe(false);
    await other.release();
  });

  test('are renewed as long as their holder lives', async () => {
    const { one, first, second, raw } = await twoManagers(6_000);
    const endsAt = async () => Number((await raw('select expires_at from leases'))[0]?.expires_at);
    expect(await first.take()).toBe(true);
    const atFirst = await endsAt();
    await until(async () => (await endsAt()) > atFirst, 'the lease is renewed');
    expect(await second.take()).toBe(false);
    await one.write((stores) => first.requireHeld(stores));
    await first.release();
  });

  test('are renewed again after a renewal that failed', async () => {
    const { one, raw } = await twoManagers();
    const errors: unknown[] = [];
    const failure = new Error('the database is unreachable');
    let isUnreachable = false;
    const write: Store['write'] = (work) => (isUnreachable ? Promise.reject(failure) : one.write(work));
    const onError = (error: unknown) => {
      errors.push(error);
      isUnreachable = false;
    };
    const lease = new Lease({ store: { ...one, write }, name: 'work', holder: 'one', ttlMs: 6_000, onError });
    const endsAt = async () => Number((await raw('select expires_at from leases'))[0]?.expires_at);
    expect(await lease.take()).toBe(true);
    const atFirst = await endsAt();
    isUnreachable = true;
    await until(async () => (await endsAt()) > atFirst, 'the lease is renewed');
    expect(errors).toEqual([failure]);
    expect(lease.isHeld).toBe(true);
    await lease.release();
  });

  test.each([
    ['ahead', tenYearsMs],
    ['behind', -tenYearsMs],
  ])('and signs of life do not depend on the clocks of managers: ten years %s', async (_, off) => {
    const { one, two, first, second } = await twoManagers();
    expect(await first.take()).toBe(true);
    await one.write(({ managers }) => managers.beat({ id: 'one', version: 'test' }));
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + off });
    try {
      expect(await second.take()).toBe(false);
      await one.write((stores) => first.requireHeld(stores));
      expect(await two.read(({ managers }) => managers.alive())).toEqual(['one']);
      await two.write(({ managers }) => managers.beat({ id: 'two', version: 'test' }));
      await first.release();
      expect(await second.take()).toBe(true);
    } finally {
      vi.useRealTimers();
    }
    expect(await first.take()).toBe(false);
    await two.write((stores) => second.requireHeld(stores));
    expect(await one.read(({ managers }) => managers.alive())).toEqual(['one', 'two']);
    await second.release();
  });

  test('refuse the write of a holder that was paused past its lease, and undo what the write did', async () => {
    const { one, two, first, second, raw } = await twoManagers(30_000);
    expect(await first.take()).toBe(true);
    // As a manager finds it that slept: its lease has run out by the clock of the database, and it did not notice.
    await one.write(async ({ leases }) => {
      const fence = 1;
      await leases.renew('work', fence, -1);
    });
    expect(first.isHeld).toBe(true);
    expect(await second.take()).toBe(true);
    const late = one.write(async (stores) => {
      await stores.installation.put('late', 'written');
      await first.requireHeld(stores);
    });
    await expect(late).rejects.toMatchObject(lost);
    expect(first.isHeld).toBe(false);
    expect(await raw("select key from installation where key = 'late'")).toEqual([]);
    await two.write((stores) => second.requireHeld(stores));
    // What the first still has of it neither prolongs nor ends what the second holds.
    expect(await one.write(({ leases }) => leases.renew('work', 1, 60_000))).toBe(false);
    await one.write(({ leases }) => leases.release('work', 1));
    await two.write((stores) => second.requireHeld(stores));
    await second.release();
  });

  test('are not held any more once a renewal finds that another manager took over', async () => {
    const { one, first, second } = await twoManagers(3_000);
    expect(await first.take()).toBe(true);
    await one.write(({ leases }) => leases.renew('work', 1, -1));
    expect(await second.take()).toBe(true);
    await until(async () => !first.isHeld, 'the first notices at its renewal');
    await second.release();
  });

  test('reject a write once they have expired, also if no other manager took over', async () => {
    const { one, first } = await twoManagers(30_000);
    await first.take();
    await one.write(({ leases }) => leases.renew('work', 1, -1));
    await expect(one.write((stores) => first.requireHeld(stores))).rejects.toMatchObject(lost);
    expect(await first.take()).toBe(true);
    await first.release();
  });

  test('let upkeep run on one manager, step by step until there is nothing left', async () => {
    const { one, two, first, second } = await twoManagers();
    let left = 25;
    const runs: string[] = [];
    const upkeepOf = (name: string, store: Store, lease: Lease) =>
      new Maintenance({
        store,
        lease,
        onError: fail,
        steps: [
          {
            limit: 10,
            async prune(_stores, limit) {
              runs.push(name);
              const removed = Math.min(limit, left);
              left -= removed;
              return removed;
            },
          },
        ],
      });
    await second.take();
    await upkeepOf('one', one, first).run();
    expect(runs).toEqual([]);
    await upkeepOf('two', two, second).run();
    expect(runs).toEqual(['two', 'two', 'two']);
    expect(left).toBe(0);
    expect(await first.take()).toBe(true);
    await first.release();
  });

  test('that are lost in the middle stop upkeep, and undo what it removed without them', async () => {
    const { one, first, raw } = await twoManagers(30_000);
    let steps = 0;
    const maintenance = new Maintenance({
      store: one,
      lease: first,
      onError: fail,
      steps: [
        {
          limit: 1,
          async prune(stores) {
            steps += 1;
            await stores.installation.put(`pruned ${steps}`, 'yes');
            // It runs out before the next step.
            await stores.leases.renew('work', 1, -1);
            return steps > 5 ? 0 : 1;
          },
        },
      ],
    });
    await expect(maintenance.run()).rejects.toMatchObject(lost);
    expect(steps).toBe(1);
    expect(await raw("select key from installation where key like 'pruned %'")).toHaveLength(1);
  });
});
