import { copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { StoreOptions } from '../../src/store/store.ts';
import { withDatabases } from '../support/databases.ts';
import { eventually } from '../system/support/eventually.ts';
import { endAllProcesses, keyplane } from '../system/support/keyplane-process.ts';
import { removeTemporaryFolders } from '../system/support/temporary-folder.ts';
import { jwksPath, kidsOf, made, pastedJwk, startWorld, type World } from '../system/support/world.ts';

afterAll(async () => {
  await endAllProcesses();
  await removeTemporaryFolders();
});

const deployed = { success: true, message: 'Deployment completed successfully' };

/** One command to its end. */
async function command(settings: Readonly<Record<string, string>>, ...args: readonly string[]) {
  const process = keyplane(args, { settings });
  const { code } = await process.ended;
  return { code, said: process.stdout() + process.stderr() };
}

async function create({ api }: World, name: string): Promise<void> {
  expect((await made(api, jwksPath, pastedJwk(name))).deploymentResult).toMatchObject(deployed);
}

async function divergenceOf(node: { readonly url: string }): Promise<string | null> {
  return ((await (await fetch(`${node.url}/status`)).json()) as { diverged: string | null }).diverged;
}

withDatabases('a node, by real processes', (fresh, kind) => {
  /** A manager over a database of this kind, with one node that has the key `early`. */
  async function begun() {
    const { options } = await fresh();
    const world = await startWorld(options.kind === 'postgres' ? { KEYPLANE_DATABASE_URL: options.url } : {});
    const node = await world.startNode('n1');
    await world.connected('n1');
    await create(world, 'early');
    const dataDir = join(world.folder, 'manager');
    // As settings of a command; the database is where the manager of this kind has it.
    const settings = {
      KEYPLANE_DATA_DIR: dataDir,
      ...(options.kind === 'postgres' && { KEYPLANE_DATABASE_URL: options.url }),
    };
    const database: StoreOptions =
      options.kind === 'postgres' ? options : { kind: 'sqlite', path: join(dataDir, 'keyplane.db') };
    return { world, node, settings, database };
  }

  test('refuses an older copy of the database that was put back by hand, until that is announced', async () => {
    const { world, node, settings, database } = await begun();
    await world.manager.stop();
    const older = await fresh({ copyOf: database });
    await world.startManager();
    await world.connected('n1');
    await create(world, 'late');
    await world.manager.stop();

    const put = await putBack(older.options, database);
    await world.startManager({ settings: put });
    await eventually(
      async () => (await divergenceOf(node)) !== null,
      'the node says that it does not follow',
    );
    await world.manager.says(/restore --announce/);
    await node.says(/restore --announce/);
    expect((await kidsOf(node)).toSorted()).toEqual(['early', 'late']);
    const ill = await command({ ...settings, ...put }, 'doctor');
    expect(ill.said).toMatch(
      /error: Nodes with a history that the database does not have \(nodes, 1\)\n {2}Node n1 of environment production has revision \d+ of another history/,
    );
    expect(ill.code).toBe(1);
    const refused = await command({ ...settings, ...put }, 'restore', '--announce');
    expect(refused).toEqual({ code: 1, said: expect.stringMatching(/A manager (has|is)/) });
    await world.manager.stop();

    const announced = await command({ ...settings, ...put }, 'restore', '--announce');
    expect(announced).toEqual({ code: 0, said: expect.stringContaining('Announced') });
    await world.startManager({ settings: put });
    await eventually(
      async () => (await kidsOf(node)).join() === 'early',
      'the node has what the database has',
    );
    await node.says(/the manager was restored from a backup; this node applied its snapshot/);
    expect(await divergenceOf(node)).toBeNull();
    await create(world, 'after');
    expect((await kidsOf(node)).toSorted()).toEqual(['after', 'early']);
    expect(await command({ ...settings, ...put }, 'doctor')).toEqual({
      code: 0,
      said: expect.stringContaining('No problems found'),
    });
    await world.manager.stop();
    await node.stop();
  }, 300_000);

  // What a restore tells nodes is the same in either.
  if (kind === 'postgres') return;
  test('follows a backup that was restored', async () => {
    const { world, node, settings } = await begun();
    const file = join(world.folder, 'backup');
    expect(await command(settings, 'backup', '--out', file)).toMatchObject({ code: 0 });
    await create(world, 'late');
    await world.manager.stop();
    const refused = await command(settings, 'restore', '--in', file);
    expect(refused).toEqual({ code: 1, said: expect.stringContaining('--replace') });
    expect(await command(settings, 'restore', '--in', file, '--replace')).toMatchObject({ code: 0 });
    await world.startManager();
    await eventually(async () => (await kidsOf(node)).join() === 'early', 'the node has what the backup has');
    await node.says(/the manager was restored from a backup; this node applied its snapshot/);
    await create(world, 'after');
    expect((await kidsOf(node)).toSorted()).toEqual(['after', 'early']);
    await world.manager.stop();
    await node.stop();
  }, 300_000);
});

/** @returns the settings by which a manager finds it */
async function putBack(older: StoreOptions, database: StoreOptions): Promise<Record<string, string>> {
  if (older.kind === 'postgres') return { KEYPLANE_DATABASE_URL: older.url };
  if (database.kind === 'sqlite') {
    for (const end of ['-wal', '-shm']) await rm(database.path + end, { force: true });
    await copyFile(older.path, database.path);
  }
  return {};
}
