import { describe, expect, test } from 'vitest';
import type { Change, DeployedContent } from '../../src/protocol/content.ts';
import { ecJwk } from './support/contents.ts';
import { digestOf } from './support/fake-manager.ts';
import { getJson, runningManager, runningNode, temporaryFolder } from './support/test-node.ts';

const [a, b, c] = ['a', 'b', 'c'].map((name) => ecJwk({ name })) as [
  DeployedContent,
  DeployedContent,
  DeployedContent,
];
const put = (revision: number, content: DeployedContent): Change => ({ revision, put: content });

const kidsOf = async ({ url }: { url: string }) => {
  const { keys } = (await getJson(`${url}/.well-known/jwks.json`)) as { keys: { kid: string }[] };
  return keys.map((key) => key.kid);
};

async function started() {
  const manager = await runningManager();
  const dataDir = await temporaryFolder();
  const start = () => runningNode({ managerUrl: manager.url, dataDir });
  const node = await start();
  const link = await manager.links.next();
  await link.reset(5, [a]);
  return { manager, node, link, start };
}

describe('a node keeps the lineage beside its copy', () => {
  test('and says it, also after a restart', async () => {
    const { manager, node, start } = await started();
    await node.close();
    await start();
    expect((await manager.links.next()).resume).toMatchObject({ revision: 5, lineage: 'lineage-1' });
  });

  test('a node whose copy had no lineage yet behaves the same', async () => {
    const manager = await runningManager();
    manager.lineage = undefined;
    const dataDir = await temporaryFolder();
    const start = () => runningNode({ managerUrl: manager.url, dataDir });
    const node = await start();
    const link = await manager.links.next();
    await link.reset(5, [a]);
    manager.lineage = 'lineage-2';
    link.socket.close();
    const next = await manager.links.next();
    expect(next.resume.lineage).toBeUndefined();
    // Its response does not matter: it has handled the welcome by then.
    await next.change(5, [put(6, b)], [c]);
    await node.close();
    await start();
    expect((await manager.links.next()).resume).toMatchObject({ revision: 5, lineage: 'lineage-2' });
  });
});

describe('a manager that has forgotten a part of its history', () => {
  test('is not followed where its difference does not fit, and both sides know why', async () => {
    const { link, node } = await started();
    // It knew another revision 5, with c in it.
    const answer = await link.change(5, [put(6, b)], [c, b]);
    expect(answer).toMatchObject({ type: 'refused', diverged: true });
    expect(await kidsOf(node)).toEqual(['kid-a']);
    expect(await getJson(`${node.url}/status`)).toMatchObject({
      revision: 5,
      diverged: expect.stringMatching(/older backup/),
    });
    expect(await (await fetch(`${node.url}/metrics`)).text()).toContain('keyplane_node_diverged 1');
    // The right one is back.
    expect(await link.change(5, [put(6, b)], [a, b])).toMatchObject({ type: 'applied' });
    expect(await getJson(`${node.url}/status`)).toMatchObject({ revision: 6, diverged: null });
  });

  test('is not followed where it would take the node back', async () => {
    const { link, node } = await started();
    expect(await link.reset(4, [c])).toMatchObject({ type: 'refused', diverged: true });
    expect(await kidsOf(node)).toEqual(['kid-a']);
  });

  test('is not followed under another lineage with no higher revision either', async () => {
    const { manager, link, node } = await started();
    manager.lineage = 'lineage-2';
    link.socket.close();
    const next = await manager.links.next();
    expect(next.resume.lineage).toBe('lineage-1');
    expect(await next.reset(5, [c])).toMatchObject({ type: 'refused', diverged: true });
    expect(await next.change(5, [put(6, b)], [a, b])).toMatchObject({ type: 'refused' });
    expect(await kidsOf(node)).toEqual(['kid-a']);
  });

  test('is followed where it announced it: another lineage, a higher revision, a snapshot', async () => {
    const { manager, link, node, start } = await started();
    manager.lineage = 'lineage-2';
    link.socket.close();
    const next = await manager.links.next();
    expect(await next.reset(2 ** 40, [c])).toMatchObject({ type: 'applied' });
    expect(await kidsOf(node)).toEqual(['kid-c']);
    await node.log.until(/was restored from a backup/);
    await node.close();
    await start();
    expect((await manager.links.next()).resume).toMatchObject({ revision: 2 ** 40, lineage: 'lineage-2' });
  });

  test('that refuses the node by its code is shown in the status until one is followed again', async () => {
    const { manager, link, node } = await started();
    link.disown();
    const line = await node.log.until(/restore --announce/);
    expect(line.level).toBe('error');
    const next = await manager.links.next();
    expect(next.resume.incomplete).toBeUndefined();
    expect(await next.change(5, [put(6, b)], [a, b])).toMatchObject({ type: 'applied' });
    expect(await getJson(`${node.url}/status`)).toMatchObject({ diverged: null });
  });
});

test('a node with an incomplete revision asks for a snapshot, also after a restart', async () => {
  const { manager, link, node, start } = await started();
  link.send({ reset: true, from: 0, to: 6, final: true, digest: digestOf([a]), incomplete: true }, [
    put(6, a),
  ]);
  expect(await link.answers.next()).toMatchObject({ type: 'applied', revision: 6 });
  await node.close();
  await start();
  const next = await manager.links.next();
  expect(next.resume).toMatchObject({ revision: 6, incomplete: true });
  expect(await next.reset(6, [a, b])).toMatchObject({ type: 'applied' });
  next.socket.close();
  expect((await manager.links.next()).resume.incomplete).toBeUndefined();
});
