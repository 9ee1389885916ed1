import { expect, test } from 'vitest';
import type { StoreLoad } from '../../src/metrics/store-watch.ts';
import { openStore } from '../../src/store/store.ts';
import { withDatabases } from '../support/databases.ts';
import { until } from '../support/manager.ts';

withDatabases('what a store tells of its work', (fresh, kind) => {
  test('the watch counts waiting writes, durable writes of one commit, and busy connections', async () => {
    const { options } = await fresh();
    const commits: number[] = [];
    let load: () => StoreLoad = () => {
      throw new Error('not opened');
    };
    const store = await openStore(options, {
      opened: (ask) => {
        load = ask;
      },
      committed({ writes, seconds }) {
        expect(seconds).toBeGreaterThan(0);
        commits.push(writes);
      },
    });
    try {
      expect(load().waitingWrites).toBe(0);
      const put = (key: string) => store.write(({ installation }) => installation.put(key, 'written'));
      const held = Promise.withResolvers<void>();
      const begun = Promise.withResolvers<void>();
      const first = store.write(async ({ installation }) => {
        begun.resolve();
        await held.promise;
        await installation.put('first', 'written');
      });
      await begun.promise;
      const refused = store.write(async () => {
        throw new Error('refused by its rule');
      });
      const others = [put('second'), put('third'), refused];
      expect(load().waitingWrites).toBe(3);
      const { connections } = load();
      if (kind === 'sqlite') expect(connections).toBeUndefined();
      else expect(connections).toEqual({ busy: 1, idle: expect.any(Number), awaited: 0 });
      held.resolve();
      await first;
      await expect(Promise.allSettled(others)).resolves.toMatchObject([
        { status: 'fulfilled' },
        { status: 'fulfilled' },
        { status: 'rejected' },
      ]);
      // One commit for the first, one for those that waited for it; what was refused is in none.
      expect(commits).toEqual([1, 2]);
      expect(load().waitingWrites).toBe(0);
      await until(() => (load().connections?.busy ?? 0) === 0, 'no connection is busy');
    } finally {
      await store.close();
    }
  });

  test('the watch counts transactions that wait for a connection of a pool', async () => {
    const { options } = await fresh();
    let load: (() => StoreLoad) | undefined;
    const store = await openStore(options, {
      opened: (ask) => {
        load = ask;
      },
      committed() {},
    });
    try {
      const held = Promise.withResolvers<void>();
      const reads = Array.from({ length: 12 }, () => store.read(() => held.promise));
      if (kind === 'postgres') {
        await until(() => load?.().connections?.busy === 10, 'all connections are busy');
        expect(load?.().connections).toEqual({ busy: 10, idle: 0, awaited: 2 });
      } else expect(load?.().connections).toBeUndefined();
      held.resolve();
      await Promise.all(reads);
    } finally {
      await store.close();
    }
  });
});
