// The identities of nodes and of an installation, through the operations of an operator, with real processes.

import { createHash } from 'node:crypto';
import { access, cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../src/new-id.ts';
import { eventually } from './support/eventually.ts';
import {
  endAllProcesses,
  keyplane,
  node,
  nodeArguments,
  type ServeProcess,
} from './support/keyplane-process.ts';
import { removeTemporaryFolders } from './support/temporary-folder.ts';
import { jwksPath, kidsOf, made, pastedJwk, startWorld, type World } from './support/world.ts';

let world: World;
const nodes: ServeProcess[] = [];
beforeAll(async () => {
  world = await startWorld();
  await made(world.api, jwksPath, pastedJwk('first'));
});
afterEach(async () => {
  for (const one of nodes.splice(0)) await one.stop();
});
afterAll(async () => {
  await endAllProcesses();
  await removeTemporaryFolders();
});

const nodesPath = '/apiops/environments/production/nodes/';
const fingerprintIn = (token: string) => token.split('.')[1];
const newToken = async (): Promise<string> =>
  (await made(world.api, '/apiops/environments/production/enrollment-tokens/', { privateKeys: true })).token;

async function startNode(...given: Parameters<World['startNode']>): Promise<ServeProcess> {
  const one = await world.startNode(...given);
  nodes.push(one);
  return one;
}

/** One command to its end, beside the manager. */
async function command(dataDir: string, ...args: readonly string[]): Promise<string> {
  const run = keyplane(args, { settings: { KEYPLANE_DATA_DIR: dataDir } });
  expect(await run.ended, run.stderr()).toEqual({ code: 0, signal: null });
  return run.stdout();
}
const managerFolder = () => join(world.folder, 'manager');

async function follows(one: ServeProcess, name: string, kid: string): Promise<void> {
  await world.connected(name);
  await made(world.api, jwksPath, pastedJwk(kid));
  await eventually(async () => (await kidsOf(one)).includes(kid), `${name} has ${kid}`);
}

describe('keyplane rotate-identity, beside a manager and a node that run', () => {
  test('changes the identity at once, and nodes and tokens from before go on', async () => {
    const running = await startNode('rotated');
    await follows(running, 'rotated', 'before-rotation');
    const before = fingerprintIn(world.token);
    const said = await command(managerFolder(), 'rotate-identity');
    const [, to = '', from = ''] = /is (\S+) now; it was (\S+)\./.exec(said) ?? [];
    expect(from).toBe(before);
    expect(fingerprintIn(await newToken())).toBe(to);
    await follows(running, 'rotated', 'after-rotation');
    await running.stop();
    const again = await startNode('rotated', { token: '' });
    await again.says(/the manager has a new identity, signed by the one before/);
    await follows(again, 'rotated', 'after-return');
    const late = await startNode('joined-with-a-token-from-before');
    await follows(late, 'joined-with-a-token-from-before', 'after-join');
  });
});

describe('a node with --key-file', () => {
  test('keeps its identity when its data directory is lost, unlike a node without it', async () => {
    const keyFile = join(world.folder, 'elsewhere.key');
    const start = async (name: string, withFile: boolean) => {
      const dataDir = join(world.folder, name);
      const order = { managerUrl: world.url, token: world.token, name, dataDir };
      const args = [...nodeArguments(order), ...(withFile ? ['--key-file', keyFile] : [])];
      const started = keyplane(args, { settings: { KEYPLANE_NODE_TOKEN: world.token } });
      const [, url = ''] = await started.says(/keyplane node \S+ is ready: (http\S+)/);
      nodes.push({ ...started, url });
      return { ...started, url };
    };
    for (const [name, withFile] of [
      ['keyed', true],
      ['unkeyed', false],
    ] as const) {
      const first = await start(name, withFile);
      await world.connected(name);
      await first.stop();
      expect(await exists(join(world.folder, name, 'node.key'))).toBe(!withFile);
      await rm(join(world.folder, name), { recursive: true });
      const again = await start(name, withFile);
      if (withFile) await follows(again, name, 'after-loss');
      else await again.says(/the name belongs to a node with another key/);
      await again.stop();
    }
    expect(await exists(keyFile)).toBe(true);
  });
});

describe('nodes and tokens', () => {
  test('outlive another master key, and a backup that is restored elsewhere', async () => {
    const running = await startNode('kept');
    await follows(running, 'kept', 'kept-1');
    const identity = fingerprintIn(await newToken());
    await command(managerFolder(), 'rotate-master-key');
    await follows(running, 'kept', 'kept-2');
    await world.manager.stop();
    await world.startManager();
    await follows(running, 'kept', 'kept-3');
    expect(fingerprintIn(await newToken())).toBe(identity);

    const file = join(world.folder, 'backup');
    await command(managerFolder(), 'backup', '--out', file);
    await world.manager.stop();
    const elsewhere = join(world.folder, 'elsewhere');
    await cp(join(managerFolder(), 'master.key'), join(elsewhere, 'master.key'));
    await command(elsewhere, 'restore', '--in', file);
    await world.startManager({ settings: { KEYPLANE_DATA_DIR: elsewhere } });
    await follows(running, 'kept', 'kept-4');
    expect(fingerprintIn(await newToken())).toBe(identity);
    const late = await startNode('joined-after-restore');
    await follows(late, 'joined-after-restore', 'kept-5');
    expect(running.stdout() + running.stderr()).not.toMatch(
      /identity .* by the one before|belongs to the inst/,
    );
    await world.manager.stop();
    await world.startManager();
  });
});

describe('an upgraded node with a token of the first release', () => {
  const token = `kpn_${Buffer.alloc(32, 11).toString('base64url')}`;
  const start = (name: string, folder = name) =>
    node({ managerUrl: world.url, token, name, dataDir: join(world.folder, folder) }).then((one) => {
      nodes.push(one);
      return one;
    });

  test('registers its key once under an existing name, pins the identity, and logs that', async () => {
    await world.manager.stop();
    rememberFirstRelease(token, 'rack-7');
    await world.startManager();
    const upgraded = await start('rack-7');
    await upgraded.says(/this node pinned the identity of the first manager that it met/);
    await follows(upgraded, 'rack-7', 'upgraded');
    await upgraded.stop();
    const { body } = await world.api('GET', '/apiops/audit/?action=node.join');
    expect(body.resultList[0]).toMatchObject({ objectName: 'rack-7', details: { tokenName: 'of-old' } });
    const listed = (await world.api('GET', nodesPath)).body.resultList;
    expect(listed.find(({ name }: { name: string }) => name === 'rack-7')).toMatchObject({
      privateKeys: true,
    });

    const returned = await startNode('rack-7', { token: '' });
    await follows(returned, 'rack-7', 'returned');
    expect(returned.stdout()).not.toContain('of the first manager that it met');
    const thief = await start('rack-7', 'thief');
    await thief.says(/the name belongs to a node with another key/);
    const unknown = await start('rack-8');
    await unknown.says(/one of the first release joins only nodes known before/);
  });
});

/** As the first release left them in the database: a token by its hash, and a node without a key. */
function rememberFirstRelease(token: string, name: string): void {
  const database = new Database(join(managerFolder(), 'keyplane.db'));
  try {
    const { id } = database.prepare("select id from environments where name = 'production'").get() as {
      id: string;
    };
    const hash = createHash('sha256').update(token).digest();
    database
      .prepare(
        'insert into enrollment_tokens (id, environment_id, hash, label, created_at) values (?, ?, ?, ?, ?)',
      )
      .run(newId(), id, hash, 'of-old', Date.now());
    database
      .prepare(
        'insert into nodes (id, environment_id, name, applied_revision, connected, created_at) values (?, ?, ?, 0, 0, ?)',
      )
      .run(newId(), id, name, Date.now());
  } finally {
    database.close();
  }
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
