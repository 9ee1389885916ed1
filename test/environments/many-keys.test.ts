// A project of more JWKs than one statement takes, as it comes to environments and goes from them. What nodes hold is
// counted by a node that takes the digest of all it was sent, and knows from its manager what that must be.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accepted, type ProjectApi, projectApi } from '../api/support/project-api.ts';
import { octKey, p256Public } from '../api/support/sample-keys.ts';
import { startTestManager, type TestManager, until } from '../support/manager.ts';
import { type LightNode, lightNode } from '../system/support/light-node.ts';

const keys = 700;
const environments = '/apiops/environments/';

let world: TestManager;
let beside: ProjectApi;
const nodes: LightNode[] = [];

beforeAll(async () => {
  world = await startTestManager({ projects: ['Large', 'Beside'] });
  beside = projectApi(world.api, 'Beside');
  const { store, createJwk } = world.manager.services;
  const project = await store.read(({ projects }) => projects.find('Large'));
  const scope = { projectId: project?.id ?? '', projectName: 'Large', actor: 'test' };
  const create = (number: number) =>
    createJwk(scope, {
      name: `key-${number}`,
      sourceType: 'COPY_PASTE',
      jwkStr: JSON.stringify({ ...octKey(32), kid: `key-${number}` }),
    });
  await Promise.all(Array.from({ length: keys }, (_, number) => create(number)));
});
afterAll(async () => {
  for (const node of nodes) node.close();
  await world.close();
});

const reach = (name: string, projects: readonly string[] | null) =>
  world.api('PUT', `${environments}${name}/`, { type: 'TEST', projects });
async function make(name: string, projects: readonly string[]): Promise<LightNode> {
  accepted(await world.api('POST', environments, { name, type: 'TEST', projects, environmentSet: true }));
  return join(name);
}
async function join(name: string): Promise<LightNode> {
  const { body } = await world.api('POST', `${environments}${name}/enrollment-tokens/`);
  const node = lightNode({ managerUrl: world.url, environment: name, token: body.token }, 'light');
  nodes.push(node);
  return node;
}
const has = (node: LightNode, count: number) =>
  until(() => node.count === count, `the node has ${count} objects, not ${node.count}`);

describe('a project of many JWKs', () => {
  test('comes complete to the first environment that has it, and the same to a further one', async () => {
    const first = await make('first', ['Large']);
    await has(first, keys);
    const second = await make('second', ['Large']);
    await has(second, keys);
    expect(second.digest).toBe(first.digest);
    const { body } = await world.api('GET', '/apiops/overview/');
    expect(body.environments.map(({ revision }: { revision: number }) => revision)).toEqual([keys, keys]);
  });

  test('is removed completely from an environment that it no longer reaches, and comes back the same', async () => {
    const [first, second] = nodes;
    if (!first || !second) throw new Error('there are no nodes');
    accepted(await reach('second', []));
    await has(second, 0);
    accepted(await reach('second', ['Beside']));
    accepted(await reach('second', null));
    await has(second, keys);
    expect(second.digest).toBe(first.digest);
  });

  test('is not changed by an update of the environment that keeps its projects', async () => {
    const revisionOf = async () => {
      const { body } = await world.api('GET', '/apiops/overview/');
      return body.environments.find(({ name }: { name: string }) => name === 'first').revision;
    };
    const before = await revisionOf();
    const body = { type: 'SANDBOX', description: 'another', projects: ['Large'] };
    accepted(await world.api('PUT', `${environments}first/`, body));
    expect(await revisionOf()).toBe(before);
  });

  test('lets other requests write in between, and misses none of their changes', async () => {
    const made = Array.from({ length: 12 }, (_, number) => beside.paste(`during-${number}`, p256Public));
    const both = ['Large', 'Beside'];
    const third = world.api('POST', environments, {
      name: 'third',
      type: 'TEST',
      projects: both,
      environmentSet: true,
    });
    const after = Array.from({ length: 12 }, (_, number) => beside.paste(`later-${number}`, p256Public));
    for (const answer of await Promise.all([...made, third, ...after])) accepted(answer);
    await has(await join('third'), keys + 24);
  });

  test('is not in an environment whose creation failed at its end', async () => {
    const { services } = world.manager;
    const caller = await services.store.read(async ({ users }) => users.find('admin'));
    const once = {
      save: async () => {
        throw new Error('the database is full');
      },
    };
    const admin = { userId: caller?.id ?? '', username: 'admin', admin: true } as never;
    const made = services.environments.create(
      admin,
      { name: 'failed', type: 'TEST', projects: ['Large'] },
      once as never,
    );
    await expect(made).rejects.toThrow('the database is full');
    const rows = await world.raw(
      'select count(*) as rows from desired_objects where environment_id not in (select id from environments)',
    );
    expect(Number(rows[0]?.rows)).toBe(0);
    const { body } = await world.api('GET', environments);
    expect(body.resultList.map(({ name }: { name: string }) => name)).not.toContain('failed');
  });

  test('is removed with its environment, and from all environments when it is deleted', async () => {
    const [first] = nodes;
    if (!first) throw new Error('there is no node');
    accepted(await world.api('DELETE', `${environments}second/`));
    accepted(await world.api('DELETE', '/apiops/projects/Large/'));
    await has(first, 0);
    for (const table of ['jwks', 'desired_objects']) {
      const left = table === 'jwks' ? '' : ' and digest is not null';
      const where = `project_id not in (select id from projects)${left}`;
      expect(await world.raw(`select 1 from ${table} where ${where}`)).toEqual([]);
    }
  });
});
