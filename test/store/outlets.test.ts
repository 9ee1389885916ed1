import { beforeEach, expect, test } from 'vitest';
import type { Project } from '../../src/access/access-store.ts';
import type { Environment, RegisteredNode } from '../../src/environments/environment-store.ts';
import type { Outlet } from '../../src/outlets/outlet.ts';
import type { Store } from '../../src/store/store.ts';
import { deliveredUpTo } from '../../src/webhooks/delivered-events.ts';
import { type TestDatabase, withDatabases } from '../support/databases.ts';
import {
  sampleCursor,
  sampleDelivery,
  sampleEnvironment,
  sampleEvent,
  sampleNode,
  sampleOutlet,
  sampleProject,
  sealedSample,
} from './samples.ts';

const byName = { sort: { field: 'name', descending: false }, offset: 0, limit: 10 } as const;

withDatabases('outlets', (fresh) => {
  let database: TestDatabase;
  let store: Store;
  let project: Project;
  let environment: Environment;
  let node: RegisteredNode;

  beforeEach(async () => {
    database = await fresh();
    store = await database.open();
    project = sampleProject();
    environment = sampleEnvironment();
    node = sampleNode(environment.id);
    await store.write(async ({ projects, environments, nodes }) => {
      await projects.insert(project);
      await environments.insert(environment);
      await nodes.insert(node);
    });
  });

  const stored = async (over: Partial<Outlet> = {}) => {
    const outlet = sampleOutlet(project.id, over);
    await store.write(({ outlets }) => outlets.insert(outlet));
    return outlet;
  };
  const deliveriesOf = (...ids: readonly string[]) =>
    store.read(({ outletDeliveries }) => outletDeliveries.ofOutlets(ids));

  test('are read as they were written, with every member of theirs', async () => {
    const plain = await stored({ name: 'a' });
    const full = await stored({
      name: 'b',
      description: 'for the gateway',
      kind: 'VAULT_KV',
      source: { type: 'KEY_RING', id: 'r-1' },
      content: 'JWKS_PRIVATE',
      environmentIds: ['e-1', 'e-2'],
      target: { address: 'https://vault.example', mount: 'secret', path: 'keys' },
      credential: sealedSample(),
      gate: false,
      generation: 7,
      forcedGeneration: 6,
    });
    expect(await store.read(({ outlets }) => outlets.find(project.id, 'b'))).toEqual(full);
    expect(await store.read(({ outlets }) => outlets.getMany([full.id, 'x', plain.id]))).toEqual([
      full,
      plain,
    ]);
    expect(await store.read(({ outlets }) => outlets.ofProject(project.id))).toEqual([plain, full]);
    expect(await store.read(({ outlets }) => outlets.using('r-1'))).toEqual([full]);
    expect(await store.read(({ outlets }) => outlets.generationsOf('VAULT_KV'))).toEqual(
      new Map([[full.id, 7]]),
    );
    const searched = { ...byName, search: 'for the gateway' };
    expect(await store.read(({ outlets }) => outlets.list(project.id, searched))).toEqual({
      outlets: [full],
      total: 1,
    });
    const changed = {
      ...full,
      environmentIds: null,
      credential: null,
      forcedGeneration: null,
      generation: 8,
    };
    await store.write(({ outlets }) => outlets.update(changed));
    expect(await store.read(({ outlets }) => outlets.find(project.id, 'b'))).toEqual(changed);
    await store.write(({ outlets }) => outlets.delete(full.id));
    expect(await store.read(({ outlets }) => outlets.find(project.id, 'b'))).toBeUndefined();
  });

  test('have deliveries, of which the last report counts, by the clock of the database', async () => {
    const outlet = await stored();
    const place = { environmentId: environment.id, nodeId: node.id };
    const first = sampleDelivery(outlet.id, {
      ...place,
      state: 'FAILING',
      lastError: 'disk full',
      attempts: 9,
    });
    const byManager = sampleDelivery(outlet.id, {
      environmentId: environment.id,
      nodeId: '',
      generation: 4,
      remoteVersion: 21,
    });
    const before = await store.read(({ rings }) => rings.now());
    await store.write(({ outletDeliveries }) => outletDeliveries.put([first, byManager]));
    const last = sampleDelivery(outlet.id, { ...place, revision: 13 });
    await store.write(({ outletDeliveries }) => outletDeliveries.put([last]));
    const found = await deliveriesOf(outlet.id, 'another');
    expect(found).toHaveLength(2);
    expect(found).toEqual(
      expect.arrayContaining([last, byManager].map((one) => expect.objectContaining(one))),
    );
    for (const { updatedAt } of found) expect(updatedAt.getTime()).toBeGreaterThanOrEqual(before.getTime());
    await store.write(({ outletDeliveries }) => outletDeliveries.deleteOutside(outlet.id, [environment.id]));
    expect(await deliveriesOf(outlet.id)).toHaveLength(2);
    await store.write(({ outletDeliveries }) => outletDeliveries.deleteOutside(outlet.id, []));
    expect(await deliveriesOf(outlet.id)).toEqual([]);
  });

  test('have the digests of what was begun to be written, until they are recorded or the outlet is deleted', async () => {
    const [one, other] = [await stored(), await stored({ name: 'other' })];
    const writes = () =>
      store.read(({ outletDeliveries }) => outletDeliveries.writesOf([one.id, other.id, 'another']));
    const put = (id: string, digests: readonly string[]) =>
      store.write(({ outletDeliveries }) => outletDeliveries.putWrites(id, digests));
    expect(await writes()).toEqual(new Map());
    await put(one.id, ['a']);
    await put(one.id, ['a', 'b']);
    await put(other.id, ['c']);
    expect(await writes()).toEqual(
      new Map([
        [one.id, ['a', 'b']],
        [other.id, ['c']],
      ]),
    );
    await put(one.id, []);
    await store.write(({ outlets }) => outlets.delete(other.id));
    expect(await writes()).toEqual(new Map());
  });

  test('lose the deliveries of a node that is removed, and keep those of others', async () => {
    const outlet = await stored();
    const place = { environmentId: environment.id };
    const other = sampleDelivery(outlet.id, { ...place, nodeId: '' });
    await store.write(({ outletDeliveries }) =>
      outletDeliveries.put([sampleDelivery(outlet.id, { ...place, nodeId: node.id }), other]),
    );
    await store.write(({ nodes }) => nodes.delete(node.id));
    expect(await deliveriesOf(outlet.id)).toMatchObject([other]);
  });

  test('for events keep how far they were delivered, and count what was lost', async () => {
    const webhook = await stored({ kind: 'WEBHOOK', content: 'EVENTS', gate: false });
    const cursor = sampleCursor(webhook);
    await store.write(async ({ events, webhooks }) => {
      for (let count = 0; count < 4; count += 1) await events.append(sampleEvent(project.id));
      await webhooks.put(cursor);
      await webhooks.addLost(webhook.id, 5);
    });
    const cursors = () => store.read(({ webhooks }) => webhooks.cursors([webhook.id]));
    expect(await cursors()).toEqual([{ ...cursor, lost: 5 }]);
    const moved = sampleCursor(webhook, { ...deliveredUpTo(4), attempts: 0, lastError: null });
    await store.write(({ webhooks }) => webhooks.put(moved));
    expect(await cursors()).toEqual([{ ...moved, lost: 5 }]);
    expect(await store.read(({ webhooks }) => webhooks.pending())).toMatchObject([{ outletId: webhook.id }]);
    await store.write(({ webhooks }) => webhooks.addLost(webhook.id, -5));
    expect(await store.read(({ webhooks }) => webhooks.pending())).toEqual([]);
  });

  test('for events keep which objects are held up, and drop what a manager of an earlier version delivered', async () => {
    const webhook = await stored({ kind: 'WEBHOOK', content: 'EVENTS', gate: false });
    const held = [
      { objectType: 'jwk', objectName: "it's", from: 5 },
      { objectType: 'key-ring', objectName: 'orders', from: 7 },
    ] as const;
    const cursor = sampleCursor(webhook, { delivered: 4, aheadUntil: 9, held });
    await store.write(({ webhooks }) => webhooks.put(cursor));
    const cursors = () => store.read(({ webhooks }) => webhooks.cursors([webhook.id]));
    expect(await cursors()).toEqual([{ ...cursor, lost: 0 }]);
    const moveOn = (delivered: number) =>
      database.raw(`update webhook_cursors set delivered = ${delivered} where outlet_id = '${webhook.id}'`);
    await moveOn(5);
    expect(await cursors()).toMatchObject([{ delivered: 5, aheadUntil: 9, held: [held[1]] }]);
    await moveOn(11);
    expect(await cursors()).toMatchObject([deliveredUpTo(11)]);
  });

  test('go with their project, and so do deliveries, events and what was delivered of these', async () => {
    const webhook = await stored({ kind: 'WEBHOOK', content: 'EVENTS', gate: false });
    await store.write(async ({ events, webhooks, outletDeliveries }) => {
      await events.append(sampleEvent(project.id));
      await webhooks.put(sampleCursor(webhook));
      await outletDeliveries.put([
        sampleDelivery(webhook.id, { environmentId: environment.id, nodeId: node.id }),
      ]);
    });
    await store.write(({ projects }) => projects.delete(project.id));
    await store.read(async ({ outlets, webhooks, events }) => {
      expect(await outlets.getMany([webhook.id])).toEqual([]);
      expect(await webhooks.cursors([webhook.id])).toEqual([]);
      expect(
        await events.list({ projectId: project.id, after: 0, types: ['jwk.created'] as const }, 9),
      ).toEqual([]);
    });
    expect(await deliveriesOf(webhook.id)).toEqual([]);
  });
});

withDatabases('events', (fresh) => {
  test('are numbered within their project, and read as they were written', async () => {
    const store = await (await fresh()).open();
    const [project, other] = [sampleProject(), sampleProject()];
    const [first, second] = [sampleEvent(project.id), sampleEvent(project.id, { kid: null, facts: {} })];
    await store.write(async ({ projects, events }) => {
      for (const one of [project, other]) await projects.insert(one);
      for (const one of [first, sampleEvent(other.id), second]) await events.append(one);
    });
    const query = { projectId: project.id, after: 0, types: ['jwk.created'] as const };
    await store.read(async ({ events }) => {
      expect(await events.list(query, 9)).toEqual([
        { ...first, sequence: 1 },
        { ...second, sequence: 2 },
      ]);
      expect(await events.list({ ...query, after: 1 }, 9)).toEqual([{ ...second, sequence: 2 }]);
      expect(await events.list({ ...query, types: ['jwk.deleted'] }, 9)).toEqual([]);
      const { objectType, objectName } = second;
      const object = { objectType, objectName };
      expect(await events.list({ ...query, object }, 9)).toEqual([{ ...second, sequence: 2 }]);
      expect(await events.list({ ...query, object: { ...object, objectType: 'node' } }, 9)).toEqual([]);
      expect(await events.bounds(project.id)).toEqual({ first: 1, newest: 2 });
    });
    expect(await store.write(({ events }) => events.deleteUpTo(project.id, 2))).toBe(1);
    await store.write(({ events }) => events.append(sampleEvent(project.id)));
    expect(await store.read(({ events }) => events.bounds(project.id))).toEqual({ first: 2, newest: 3 });
  });
});
