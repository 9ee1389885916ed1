import { describe, expect, test } from 'vitest';
import { ManagerAddresses, type SlowFor } from '../../src/node/stream/manager-addresses.ts';
import { streamUrls } from '../../src/node/stream/manager-url.ts';
import { defaultTiming } from '../../src/node/stream/stream-timing.ts';
import { ecJwk } from './support/contents.ts';
import { runningManager, runningNode, temporaryFolder } from './support/test-node.ts';

const urlsOf = (...hosts: string[]) => streamUrls(hosts.map((host) => `https://${host}`));

/** `chance` is what every draw gives; undefined: a fair one. */
function addresses(hosts: readonly string[], chance?: number) {
  let now = 1_000;
  const random = () => chance ?? Math.random();
  const made = new ManagerAddresses(urlsOf(...hosts), { timing: defaultTiming, random, nowMs: () => now });
  let dialed = made.first().host;
  return {
    get dialed() {
      return dialed;
    },
    fail(slowFor: SlowFor = 'nobody', held = false) {
      const { url, waitMs } = made.next({ slowFor, held });
      dialed = url.host;
      now += waitMs;
      return { host: url.host, waitMs };
    },
  };
}

describe('the address of the next connection attempt', () => {
  test('is never the one that just failed, and each is tried once a round', () => {
    for (let run = 0; run < 50; run += 1) {
      const hosts = addresses(['a', 'b', 'c']);
      const order = [hosts.dialed];
      for (let dial = 1; dial < 30; dial += 1) order.push(hosts.fail().host);
      for (let dial = 1; dial < order.length; dial += 1) expect(order[dial]).not.toBe(order[dial - 1]);
      for (let round = 0; round < 30; round += 3) {
        expect(new Set(order.slice(round, round + 3))).toEqual(new Set(['a', 'b', 'c']));
      }
    }
  });

  test('differs from node to node, so that not all of them come to one manager', () => {
    const firsts = Array.from({ length: 200 }, () => addresses(['a', 'b', 'c']).dialed);
    expect(new Set(firsts)).toEqual(new Set(['a', 'b', 'c']));
  });

  test('is tried after a longer wait with each round, and after the first wait again once a stream lasted', () => {
    const hosts = addresses(['a', 'b'], 0.5);
    const waits = Array.from({ length: 6 }, () => hosts.fail().waitMs);
    expect(waits).toEqual([50, 50, 100, 100, 200, 200]);
    expect(hosts.fail('nobody', true).waitMs).toBe(50);
  });

  test('is another one at once if one manager rejects the token, and is tried slowly if all do', () => {
    const hosts = addresses(['a', 'b'], 0.5);
    const first = hosts.dialed;
    const other = hosts.fail('this manager');
    expect(other.host).not.toBe(first);
    expect(other.waitMs).toBe(50);
    const again = hosts.fail('this manager');
    expect(again.host).toBe(first);
    expect(again.waitMs).toBe(7_450);
  });

  test('is tried slowly if every manager would reject the node for the same reason', () => {
    expect(addresses(['a', 'b'], 0.5).fail('every manager').waitMs).toBe(7_500);
  });

  test('of a single manager is always the same, with the usual waits', () => {
    const hosts = addresses(['a'], 0.5);
    const ends = [hosts.fail(), hosts.fail(), hosts.fail('this manager'), hosts.fail('nobody', true)];
    expect(ends.map(({ waitMs }) => waitMs)).toEqual([50, 100, 7_500, 50]);
    expect(ends.every(({ host }) => host === 'a')).toBe(true);
  });

  test('is each address once, even if the setting repeats it', () => {
    expect(streamUrls(['https://a', 'https://a/', 'https://b']).map(({ host }) => host)).toEqual(['a', 'b']);
    expect(() => streamUrls([])).toThrow(/--manager is missing/);
  });
});

test('a node goes to another manager when its own stops, and stays there when that one is back', async () => {
  const managers = [await runningManager(), await runningManager()] as const;
  const node = await runningNode({
    managerUrl: managers.map(({ url }) => url),
    dataDir: await temporaryFolder(),
  });
  const line = await node.log.until(/connected to the manager/);
  const [own, other] = managers[0].url.endsWith(String(line.facts.manager))
    ? managers
    : ([managers[1], managers[0]] as const);
  const link = await own.links.next();
  await link.reset(1, [ecJwk({ name: 'a' })]);
  await own.stop();
  const next = await other.links.next();
  expect(next.resume).toMatchObject({ revision: 1, lineage: 'lineage-1' });
  await own.listen();
  expect(await next.reset(2, [ecJwk({ name: 'b' })])).toMatchObject({ type: 'applied', revision: 2 });
  expect(own.links.waiting).toBe(0);
});
