import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { type Item, noCaches, ringApi } from '../api/rings/support/ring-api.ts';
import { eventually } from '../system/support/eventually.ts';
import { endAllProcesses, keyplane } from '../system/support/keyplane-process.ts';
import { removeTemporaryFolders } from '../system/support/temporary-folder.ts';
import { kidsOf, startWorld } from '../system/support/world.ts';

afterAll(async () => {
  await endAllProcesses();
  await removeTemporaryFolders();
});

/** One command to its end. */
async function command(settings: Readonly<Record<string, string>>, ...args: readonly string[]) {
  const { code } = await keyplane(args, { settings }).ended;
  return code;
}

test('a key that was revoked after the backup stays unpublished, is REVOKED again, and its ring is HELD', async () => {
  const world = await startWorld(noCaches);
  const node = await world.startNode('n1');
  await world.connected('n1');
  const rings = ringApi(world.api);
  await rings.create({ name: 'api-signing' });
  const isReady = ({ members }: Item) => members.at(-1).state === 'NEXT';
  const { members } = await rings.ringWhen('api-signing', isReady, 'the second key is NEXT');
  const [stolen, next] = members;
  const settings = { KEYPLANE_DATA_DIR: join(world.folder, 'manager') };
  const file = join(world.folder, 'backup');
  expect(await command(settings, 'backup', '--out', file)).toBe(0);
  await rings.call('POST', 'api-signing/revoke', { kid: stolen.kid, reason: 'COMPROMISED' });
  await eventually(async () => !(await kidsOf(node)).includes(stolen.kid), 'the key is unpublished');
  await world.manager.stop();
  expect(await command(settings, 'restore', '--in', file, '--replace')).toBe(0);

  const watch = watchKids(() => kidsOf(node));
  await world.startManager();
  await world.manager.says(/were revoked again/);
  const after = ringApi(world.api);
  const ring = await after.ringWhen(
    'api-signing',
    (found) => found.members[0].state === 'REVOKED' && found.members[1].state === 'ACTIVE',
    'it is REVOKED again',
  );
  expect(ring.members[1].kid).toBe(next.kid);
  await after.ringWhen('api-signing', ({ state }) => state === 'HELD', 'it stays HELD');
  await eventually(async () => (await kidsOf(node))[0] === next.kid, 'its successor is first');
  expect(await watch.end()).not.toContain(stolen.kid);
  const { body } = await world.api('GET', '/apiops/audit/?action=keyring.revoke');
  expect(body.resultList).toMatchObject([
    {
      actor: 'system',
      objectName: 'api-signing.1',
      details: { reason: 'Node n1 of environment production knows it as revoked' },
    },
  ]);
  await world.manager.stop();
  await node.stop();
}, 300_000);

/** Looks again and again; `end` answers with all that it saw. */
function watchKids(look: () => Promise<readonly string[]>) {
  const seen = new Set<string>();
  let isOver = false;
  const watching = (async () => {
    // A connection that was idle may be closed by the node.
    while (!isOver) for (const kid of await look().catch(() => [])) seen.add(kid);
  })();
  return {
    async end(): Promise<readonly string[]> {
      isOver = true;
      await watching;
      return [...seen];
    },
  };
}
