import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { badRequest } from '../../src/errors.ts';
import type { Store } from '../../src/store/store.ts';
import { type WakeTopic, wakeTopics } from '../../src/unit-of-work.ts';
import { freshDatabases, type TestDatabase } from '../support/databases.ts';
import { until } from '../support/manager.ts';
import { bytes, sampleEnvironment, sampleNode, sampleProject, sampleUser } from './samples.ts';

const fresh = freshDatabases('postgres');
const environment = sampleEnvironment();
const node = sampleNode(environment.id);
let database: TestDatabase;
let own: Store;
let other: Store;
let heard: WakeTopic[];

beforeEach(async () => {
  database = await fresh();
  own = await database.open();
  other = await database.open();
  await own.write(async ({ environments, nodes }) => {
    await environments.insert(environment);
    await nodes.insert(node);
  });
  heard = [];
  other.listen((topic) => heard.push(topic));
  await settled();
});
afterEach(() => Promise.all([own.close(), other.close()]));

/** Resolves once the store listens: it then reports every topic, since it cannot know what it missed. */
async function settled(): Promise<void> {
  await until(() => heard.length >= wakeTopics.length, 'it listens');
  heard = [];
}

const state = (revision: number) => ({ environmentId: environment.id, revision, digest: bytes(32) });

test('a manager is notified when others change desired state, nodes, or what node sessions depend on', async () => {
  await own.write(({ desired }) => desired.putStates([state(1)]));
  await until(() => heard.length === 1, 'desired state');
  await own.asyncCommit(({ nodes }) =>
    nodes.claim({
      nodeId: node.id,
      managerId: 'm',
      version: '1',
      keyId: 'k',
      privateKeys: true,
      address: null,
      clockOffsetMs: null,
      serveLimitMs: null,
      ephemeral: false,
    }),
  );
  await until(() => heard.length === 3, 'a node that comes');
  await own.write(({ nodes }) => nodes.delete(node.id));
  await until(() => heard.length === 4, 'a node that is forgotten');
  await own.write(({ environments }) => environments.delete(environment.id));
  await until(() => heard.length === 5, 'an environment that is deleted');
  expect(heard).toEqual(['desired', 'nodes', 'sessions', 'sessions', 'sessions']);
});

test('a manager is notified when others take access away, and not when they give it', async () => {
  const [project, user] = [sampleProject(), sampleUser()];
  await own.write(async ({ projects, users }) => {
    await projects.insert(project);
    await users.insert(user);
  });
  await own.write(({ members }) => members.put(project.id, user.id, ['ROLE_API_SECURITY']));
  await until(() => heard.length === 1, 'roles');
  await own.write(({ members }) => members.delete(project.id, user.id));
  await until(() => heard.length === 2, 'a member');
  await own.write(({ tokens }) => tokens.deleteOfUser(user.id, 'SESSION'));
  await until(() => heard.length === 3, 'tokens');
  await own.write(({ users }) => users.delete(user.id));
  await until(() => heard.length === 4, 'a user');
  await own.write(({ projects }) => projects.delete(project.id));
  await until(() => heard.length === 5, 'a project');
  expect(new Set(heard)).toEqual(new Set(['access']));
});

test('a change that is rolled back, or of another kind, notifies no manager', async () => {
  const undone = own.write(async ({ desired }) => {
    await desired.putStates([state(1)]);
    throw badRequest('no');
  });
  await expect(undone).rejects.toThrow('no');
  await own.write(({ projects }) => projects.insert(sampleProject()));
  // Notifications come in the order of the commits: any from before would have come before this one.
  await own.write(({ nodes }) => nodes.delete(node.id));
  await until(() => heard.length > 0, 'the last one');
  expect(heard).toEqual(['sessions']);
});

test('a manager is not notified of its own changes', async () => {
  await other.write(({ desired }) => desired.putStates([state(1)]));
  await own.write(({ nodes }) => nodes.delete(node.id));
  await until(() => heard.length > 0, 'the other one');
  expect(heard).toEqual(['sessions']);
});

test('a connection that the server closed listens again, and reports every topic', async () => {
  const listeners = `select pid from pg_stat_activity
    where application_name = 'keyplane listen' and datname = current_database()`;
  const [before] = await database.raw(listeners);
  await database.raw(`select pg_terminate_backend(${before?.pid})`);
  await settled();
  const [after] = await database.raw(listeners);
  expect(after?.pid).not.toBe(before?.pid);
  await own.write(({ desired }) => desired.putStates([state(1)]));
  await until(() => heard.length === 1, 'it is heard again');
});

test('unknown notifications on the same channel are ignored', async () => {
  await database.raw(`select pg_notify('keyplane', 'nonsense'), pg_notify('keyplane', '')`);
  await own.write(({ desired }) => desired.putStates([state(1)]));
  await until(() => heard.length > 0, 'ours');
  expect(heard).toEqual(['desired']);
});

test('a store that is closed while it listens leaves no connection behind', async () => {
  await other.close();
  const left = await database.raw(
    `select 1 from pg_stat_activity where application_name = 'keyplane listen' and datname = current_database()`,
  );
  await setImmediate();
  expect(left).toEqual([]);
});
