import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningNode } from '../../src/node/start-node.ts';
import { startTestManager, type TestManager, until } from '../support/manager.ts';
import { accepted, type Item, type ProjectApi, projectApi, publishedKeys } from './support/project-api.ts';
import { makeCurveKey, publicHalf } from './support/sample-keys.ts';

let world: TestManager;
let node: RunningNode;
let mine: ProjectApi;
let theirs: ProjectApi;
let publishDir: string;
beforeAll(async () => {
  world = await startTestManager({ projects: ['Mine', 'Theirs'] });
  accepted(await world.api('POST', '/apiops/environments/', { name: 'production', type: 'TEST' }));
  publishDir = join(world.dataDir, 'files');
  node = await world.addNode('production', 'p1', { publishDir });
  mine = projectApi(world.api, 'Mine');
  theirs = projectApi(world.api, 'Theirs');
});
afterAll(() => world.close());

const key = (kid: string): Item => ({ ...publicHalf(makeCurveKey('P-256')), kid });
const put = (body: Item) => world.api('PUT', '/apiops/environments/production/', body);
const shown = async () => (await world.api('GET', '/apiops/environments/')).body.resultList[0].environmentSet;
const setOf = (at: RunningNode) => fetch(`${at.url}/.well-known/jwks.json`);
const answers = (status: number) =>
  until(async () => (await setOf(node)).status === status, `the environment's set answers ${status}`);
const hasFile = () =>
  access(join(publishDir, '.well-known', 'jwks.json')).then(
    () => true,
    () => false,
  );

describe("an environment's set", () => {
  test('is not published of a new environment: the node names the address of a project', async () => {
    accepted(await mine.paste('a', key('a')));
    const answer = await setOf(node);
    expect({ status: answer.status, body: await answer.json() }).toEqual({
      status: 404,
      body: {
        error: 'not_found',
        error_description:
          'This environment publishes no JWK Set of all its projects; that of a project is at /projects/{projectName}/.well-known/jwks.json',
      },
    });
    expect(await shown()).toBe(false);
    expect((await publishedKeys(node, 'Mine')).map(({ kid }) => kid)).toEqual(['a']);
    expect(await hasFile()).toBe(false);
  });

  test('comes and goes with the environment, and stays as it is where a change leaves it out', async () => {
    accepted(await put({ environmentSet: true }));
    await answers(200);
    await until(hasFile, 'the file is there');
    accepted(await put({ description: 'as it was' }));
    expect(await shown()).toBe(true);
    expect((await setOf(node)).status).toBe(200);
    accepted(await put({ environmentSet: false }));
    await answers(404);
    await until(async () => !(await hasFile()), 'the file is gone');
  });

  test('is still not published after a restart of the node without a manager', async () => {
    expect((await put({ environmentSet: 'no' })).status).toBe(400);
    accepted(await world.api('POST', '/apiops/environments/', { name: 'late', type: 'TEST' }));
    const late = await world.addNode('late', 'l1');
    await until(async () => (await setOf(late)).status === 404, 'it has its first state');
    await late.close();
    const { startNode } = await import('../../src/node/start-node.ts');
    const { silent } = await import('../support/manager.ts');
    const again = await startNode({
      managerUrl: world.url,
      environment: 'late',
      name: 'l1',
      host: '127.0.0.1',
      port: 0,
      dataDir: join(world.dataDir, 'nodes', 'l1'),
      token: undefined,
      logger: silent,
      version: 'test',
    });
    const [set, ready] = [await setOf(again), await fetch(`${again.url}/readyz`)];
    await again.close();
    expect([set.status, ready.status]).toEqual([404, 200]);
  });

  test('keeps the key that was there first where another project has its kid', async () => {
    accepted(await put({ environmentSet: true }));
    const [first, second] = [key('same'), key('same')];
    accepted(await theirs.paste('z', first));
    accepted(await mine.paste('copied', second));
    const same = async (project?: string) =>
      (await publishedKeys(node, project)).filter(({ kid }) => kid === 'same').map(({ x }) => x);
    await answers(200);
    expect(await same()).toEqual([first.x]);
    expect(await same('Mine')).toEqual([second.x]);
    const third = key('same');
    accepted(
      await theirs.call('PUT', 'jwks/z/', { sourceType: 'COPY_PASTE', jwkStr: JSON.stringify(third) }),
    );
    expect(await same(), 'a new value keeps its place').toEqual([third.x]);
    accepted(await theirs.call('DELETE', 'jwks/z/'));
    expect(await same()).toEqual([second.x]);
  });

  test('that leaves out a key is listed with both keys; a member sees only what it leaves out of the own project', async () => {
    const overview = async (api: TestManager['api']) => (await api('GET', '/apiops/overview/')).body;
    const jwk = (projectName: string, name: string) => ({ projectName, name });
    accepted(await put({ environmentSet: true }));
    const first = key('contested');
    accepted(await theirs.paste('first', first));
    accepted(await theirs.paste('first-again', first));
    accepted(await mine.paste('copy', first));
    expect((await overview(world.api)).sharedKids, 'one key in two projects').toEqual([]);
    accepted(await mine.call('DELETE', 'jwks/copy/'));
    accepted(await mine.paste('second', key('contested')));
    const published = [jwk('Theirs', 'first'), jwk('Theirs', 'first-again')];
    const found = {
      kid: 'contested',
      environmentName: 'production',
      published,
      leftOut: [jwk('Mine', 'second')],
    };
    const { sharedKids, sharedKidCount } = await overview(world.api);
    expect([sharedKids, sharedKidCount]).toEqual([[found], 1]);
    const role = ['ROLE_API_SECURITY'];
    const ofMine = await world.as('mia', { project: 'Mine', roles: role });
    expect((await overview(ofMine)).sharedKids).toEqual([{ ...found, published: [] }]);
    const ofTheirs = await world.as('theo', { project: 'Theirs', roles: role });
    expect((await overview(ofTheirs)).sharedKids).toEqual([]);
    accepted(await put({ environmentSet: false }));
    expect((await overview(world.api)).sharedKids, 'no set, nothing left out').toEqual([]);
    for (const name of ['first', 'first-again']) accepted(await theirs.call('DELETE', `jwks/${name}/`));
    accepted(await mine.call('DELETE', 'jwks/second/'));
  });

  test('holds keys without a kid of every project', async () => {
    accepted(await put({ environmentSet: true }));
    const ec = { curveType: 'P256', keyIdType: 'NONE' };
    for (const project of [mine, theirs]) {
      accepted(await project.call('POST', 'jwks/generate', { name: 'none', type: 'EC', ec }));
    }
    await answers(200);
    const without = (await publishedKeys(node)).filter(({ kid }) => kid === undefined);
    expect(new Set(without.map(({ x }) => x)).size).toBe(2);
    expect((await world.api('GET', '/apiops/overview/')).body.sharedKidCount).toBe(0);
  });

  test('keeps the key that had the kid first where an older JWK of another project takes that kid', async () => {
    const older = key('before');
    const paste = (jwk: Item) => ({ sourceType: 'COPY_PASTE', jwkStr: JSON.stringify(jwk) });
    const sent = (kid: string) => publishedKeys(node).then((keys) => keys.filter((one) => one.kid === kid));
    accepted(await mine.paste('older', older));
    const victim = key('victim');
    accepted(await theirs.paste('victim', victim));
    accepted(await mine.call('PUT', 'jwks/older/', paste({ ...older, kid: 'victim' })));
    expect((await sent('victim')).map(({ x }) => x)).toEqual([victim.x]);
    const next = key('victim');
    accepted(await mine.call('PUT', 'jwks/older/', paste(next)));
    expect(
      (await sent('victim')).map(({ x }) => x),
      'after another value',
    ).toEqual([victim.x]);
    await node.close();
    node = await world.addNode('production', 'p1', { publishDir });
    await answers(200);
    expect(
      (await sent('victim')).map(({ x }) => x),
      'after a restart',
    ).toEqual([victim.x]);
    accepted(await theirs.call('DELETE', 'jwks/victim/'));
    expect((await sent('victim')).map(({ x }) => x)).toEqual([next.x]);
  });

  test('keeps the key that is there when a project with an older key of its kid gains the environment', async () => {
    const at = '/apiops/environments/shared/';
    const reachedBy = async (...projects: string[]) => accepted(await world.api('PUT', at, { projects }));
    accepted(await put({ environmentSet: true }));
    accepted(
      await world.api('POST', '/apiops/environments/', {
        name: 'shared',
        type: 'TEST',
        environmentSet: true,
        projects: ['Theirs'],
      }),
    );
    let shared = await world.addNode('shared', 's1');
    const [elder, resident] = [key('moved'), key('moved')];
    accepted(await mine.paste('elder', elder));
    accepted(await theirs.paste('resident', resident));
    const published = async (from: RunningNode) =>
      (await publishedKeys(from)).filter(({ kid }) => kid === 'moved').map(({ x }) => x);
    expect(await published(node)).toEqual([elder.x]);
    await reachedBy('Theirs', 'Mine');
    const projectAnswers = (project: string, status: number) =>
      until(async () => {
        return (await fetch(`${shared.url}/projects/${project}/.well-known/jwks.json`)).status === status;
      }, `the set of ${project} answers ${status}`);
    await projectAnswers('Mine', 200);
    expect(await published(shared)).toEqual([resident.x]);
    expect(await published(node), 'where it was there first').toEqual([elder.x]);
    const jwk = (projectName: string, name: string) => ({ projectName, name });
    expect((await world.api('GET', '/apiops/overview/')).body.sharedKids).toEqual([
      {
        kid: 'moved',
        environmentName: 'production',
        published: [jwk('Mine', 'elder')],
        leftOut: [jwk('Theirs', 'resident')],
      },
      {
        kid: 'moved',
        environmentName: 'shared',
        published: [jwk('Theirs', 'resident')],
        leftOut: [jwk('Mine', 'elder')],
      },
    ]);

    const next = key('moved');
    const jwkStr = JSON.stringify(next);
    accepted(await theirs.call('PUT', 'jwks/resident/', { sourceType: 'COPY_PASTE', jwkStr }));
    expect(await published(shared), 'a new value keeps its place').toEqual([next.x]);
    await shared.close();
    shared = await world.addNode('shared', 's1');
    expect(await published(shared), 'after a restart of the node').toEqual([next.x]);

    await reachedBy('Mine');
    await projectAnswers('Theirs', 404);
    await reachedBy('Mine', 'Theirs');
    await projectAnswers('Theirs', 200);
    expect(await published(shared), 'who left and came back starts again').toEqual([elder.x]);
  });

  test('prefers, among keys that arrive at once, the one that has had the kid for longest anywhere', async () => {
    // Listed after the other project, so that neither the order of names nor that of revisions decides.
    const [younger, elder] = [key('at-once'), key('at-once')];
    accepted(await theirs.paste('elder', elder));
    accepted(await mine.paste('younger', younger));
    accepted(
      await world.api('POST', '/apiops/environments/', {
        name: 'new',
        type: 'TEST',
        environmentSet: true,
        projects: ['Mine', 'Theirs'],
      }),
    );
    const fresh = await world.addNode('new', 'n1');
    await until(async () => (await setOf(fresh)).status === 200, 'it has its first state');
    const found = (await publishedKeys(fresh)).filter(({ kid }) => kid === 'at-once').map(({ x }) => x);
    expect(found).toEqual([elder.x]);
  });
});
