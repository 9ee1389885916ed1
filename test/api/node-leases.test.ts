import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningNode } from '../../src/node/start-node.ts';
import { startTestManager, type TestManager, until } from '../support/manager.ts';
import { accepted, type Item, projectApi } from './support/project-api.ts';
import { makeCurveKey, publicHalf } from './support/sample-keys.ts';

let world: TestManager;
beforeAll(async () => {
  world = await startTestManager({ environments: ['production'] });
  const key = { ...publicHalf(makeCurveKey('P-256')), kid: 'a' };
  accepted(await projectApi(world.api, 'MyProject').paste('a', key));
});
afterAll(() => world.close());

const listed = async (name: string): Promise<Item | undefined> => {
  const { body } = await world.api('GET', '/apiops/environments/production/nodes/');
  return body.resultList.find((node: Item) => node.name === name);
};
const statusOf = (node: RunningNode) =>
  fetch(`${node.url}/status`).then((answer) => answer.json() as Promise<Item>);
const setOf = (node: RunningNode) => fetch(`${node.url}/projects/MyProject/.well-known/jwks.json`);
const answers = (node: RunningNode, status: number) =>
  until(async () => (await setOf(node)).status === status, `the JWK Set answers ${status}`);

describe('a node', () => {
  test('is heard as soon as it has connected, and the manager shows the time that the node knows', async () => {
    const node = await world.addNode('production', 'plain');
    await until(async () => (await statusOf(node)).lastSeenAt !== null, 'a heartbeat was answered');
    const { lastSeenAt, clockOffsetMs } = await statusOf(node);
    // Both have the same clock; half of what the heartbeat took is not known.
    expect(Math.abs(Number(clockOffsetMs))).toBeLessThan(60_000);
    const stored = await world.raw("select last_seen_at from nodes where name = 'plain'");
    expect(Number(stored[0]?.last_seen_at)).toBeGreaterThanOrEqual(Date.parse(String(lastSeenAt)));
    expect(await listed('plain')).toMatchObject({ serveLimit: null, ephemeral: false, signsUntil: null });
  });

  test('with a serve limit answers 503 and has no files without a manager, until one is heard again', async () => {
    const publishDir = join(world.dataDir, 'files');
    const node = await world.addNode('production', 'limited', { serveLimitMs: 5_000, publishDir });
    await answers(node, 200);
    expect(await listed('limited')).toMatchObject({ serveLimit: 'PT5S', ephemeral: false });
    const file = join(publishDir, 'projects', 'MyProject', '.well-known', 'jwks.json');
    const hasFile = () =>
      readFile(file).then(
        () => true,
        () => false,
      );
    await until(hasFile, 'the file is there');
    // Of one connection that stays open, which the fast path answers.
    for (let time = 0; time < 5; time += 1) expect((await setOf(node)).status).toBe(200);
    await world.manager.close();
    await answers(node, 503);
    const answer = await setOf(node);
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(await answer.json()).toEqual({
      error: 'unavailable',
      error_description:
        'This node has not heard from a manager for PT5S and does not serve JWK Sets for longer without one',
    });
    expect((await fetch(`${node.url}/readyz`)).status).toBe(503);
    expect((await fetch(`${node.url}/healthz`)).status).toBe(200);
    await until(async () => !(await hasFile()), 'the file is removed');
    await world.restart();
    await answers(node, 200);
    await until(hasFile, 'the file is back');
  });

  test('that is ephemeral keeps no copy, has a serve limit, and leaves when it stops', async () => {
    const node = await world.addNode('production', 'brief', { ephemeral: true });
    await answers(node, 200);
    expect(await listed('brief')).toMatchObject({ serveLimit: 'PT1H', ephemeral: true, connected: true });
    const kept = await readdir(join(world.dataDir, 'nodes', 'brief'));
    expect(kept.sort()).toEqual(['manager.pin', 'node.key', 'node.lock']);
    await node.close();
    await until(async () => (await listed('brief')) === undefined, 'the node has left');
    const again = await world.addNode('production', 'other', { ephemeral: true });
    await answers(again, 200);
  });

  test('that is no longer ephemeral or ephemeral from now on is shown so', async () => {
    const node = await world.addNode('production', 'changing');
    await answers(node, 200);
    await node.close();
    expect(await readdir(join(world.dataDir, 'nodes', 'changing'))).toContain('state.log');
    const ephemeral = await world.addNode('production', 'changing', { ephemeral: true });
    await answers(ephemeral, 200);
    expect(await listed('changing')).toMatchObject({ ephemeral: true });
    expect(await readdir(join(world.dataDir, 'nodes', 'changing'))).not.toContain('state.log');
  });

  test('that is removed may serve until its limit, as the answer says', async () => {
    await world.addNode('production', 'removed', { serveLimitMs: 3_600_000 });
    await until(async () => (await listed('removed'))?.lastSeenAt !== null, 'it was heard');
    const { body } = await world.api('DELETE', '/apiops/environments/production/nodes/removed/');
    expect(body.warnings).toHaveLength(1);
    expect(body.warnings[0]).toMatch(
      /^Node removed is sent nothing more, but may sign with key rings until its copy is deleted from its disk, and publish what it holds until \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\.$/,
    );
  });
});
