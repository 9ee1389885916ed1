import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from './support/eventually.ts';
import { endAllProcesses, type ServeProcess } from './support/keyplane-process.ts';
import { removeTemporaryFolders } from './support/temporary-folder.ts';
import {
  jwksPath,
  kidsOf,
  made,
  pastedJwk,
  type ServedSet,
  setOf,
  startWorld,
  type World,
} from './support/world.ts';

const names = ['one', 'three', 'two'];

let world: World;
let node: ServeProcess;
beforeAll(async () => {
  world = await startWorld();
  node = await world.startNode('n1');
  await world.connected('n1');
  for (const name of names) await made(world.api, jwksPath, pastedJwk(name));
});
afterAll(async () => {
  await endAllProcesses();
  await removeTemporaryFolders();
});

describe('a node whose copy was tampered with', () => {
  let before: ServedSet;

  test('a node rejects a damaged copy, serves nothing of it, and keeps the file under another name', async () => {
    before = await setOf(node);
    await node.stop();
    await world.manager.stop();
    const path = join(world.folder, 'n1', 'state.log');
    const log = await readFile(path);
    const middle = Math.floor(log.length / 2);
    log[middle] = (log[middle] ?? 0) ^ 1;
    await writeFile(path, log);
    node = await world.startNode('n1');
    expect((await setOf(node)).status).toBe(503);
    expect((await fetch(`${node.url}/readyz`)).status).toBe(503);
    expect(await readdir(join(world.folder, 'n1'))).toContainEqual(expect.stringMatching(/^state\.log\..+/));
  });

  test('gets a snapshot as soon as its manager is there', async () => {
    await world.startManager();
    await eventually(async () => (await setOf(node)).status === 200, 'the node has its state again');
    expect(await setOf(node)).toEqual(before);
  });
});

describe('a database in which one bit of a seal was flipped', () => {
  test('answers 500 for that object, with only a request id under which the log has the reason', async () => {
    await world.manager.stop();
    const database = new Database(join(world.folder, 'manager', 'keyplane.db'));
    const row = database.prepare("select private_members from jwks where name = 'two'").get() as {
      private_members: Buffer;
    };
    const seal = row.private_members;
    seal[seal.length - 20] = (seal[seal.length - 20] ?? 0) ^ 1;
    database.prepare("update jwks set private_members = ? where name = 'two'").run(seal);
    database.close();
    await world.startManager();
    const { status, body, headers } = await world.api('GET', `${jwksPath}two/`);
    expect(status).toBe(500);
    expect(body).toMatchObject({
      error: 'internal_error',
      error_description: expect.stringMatching(/^An unexpected error occurred/),
      request_id: expect.any(String),
    });
    expect(headers.get('content-type')).toContain('application/json');
    await world.manager.says(new RegExp(`${body.request_id}.*a sealed value does not open`));
  });

  test('still answers for the others, and for the public half of that one', async () => {
    expect((await world.api('GET', `${jwksPath}one/`)).status).toBe(200);
    const { status, body } = await world.api('GET', `${jwksPath}two/?publicOnly=true`);
    expect(status).toBe(200);
    expect(Object.keys(body.resultList[0].ec)).not.toContain('d');
    expect((await world.api('GET', jwksPath)).body.resultList).toHaveLength(names.length);
  });

  test('takes nothing from the node that has the object already', async () => {
    await world.connected('n1');
    const { body } = await world.api('POST', jwksPath, pastedJwk('four'));
    expect(body.deploymentResult.success).toBe(true);
    expect(await kidsOf(node)).toEqual(['four', ...names]);
  });

  test('gives a new node all others, now and later, and reports the one that it cannot give', async () => {
    const fresh = await world.startNode('fresh');
    await world.connected('fresh');
    await eventually(async () => (await setOf(fresh)).status === 200, 'the new node has its first state');
    expect(await kidsOf(fresh)).toEqual(['four', 'one', 'three']);
    await world.manager.says(/an object that cannot be read, or was altered outside keyplane/);
    const { body } = await world.api('POST', jwksPath, pastedJwk('five'));
    expect(body.deploymentResult.success).toBe(true);
    expect(await kidsOf(fresh)).toEqual(['five', 'four', 'one', 'three']);
    await fresh.stop();
    const again = await world.startNode('fresh');
    await world.connected('fresh');
    await made(world.api, jwksPath, pastedJwk('six'));
    expect(await kidsOf(again)).toEqual(['five', 'four', 'one', 'six', 'three']);
  });
});
