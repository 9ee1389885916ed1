// What the doctor and the metrics tell of outlets and webhooks, over the rows of the real store.

import { beforeEach, expect, test } from 'vitest';
import type { Project } from '../../src/access/access-store.ts';
import { checkOutlets } from '../../src/doctor/check-outlets.ts';
import { checkWebhooks } from '../../src/doctor/check-webhooks.ts';
import type { Environment } from '../../src/environments/environment-store.ts';
import { recordEvent } from '../../src/events/record-event.ts';
import type { Outlet } from '../../src/outlets/outlet.ts';
import type { OutletDelivery } from '../../src/outlets/outlet-store.ts';
import type { Store } from '../../src/store/store.ts';
import { deliveredUpTo } from '../../src/webhooks/delivered-events.ts';
import type { WebhookCursor } from '../../src/webhooks/webhook-store.ts';
import { sampleEnvironment, sampleNode, sampleOutlet, sampleProject } from '../store/samples.ts';
import { withDatabases } from '../support/databases.ts';

const at = new Date(1_700_000_000_000);

withDatabases('of outlets the doctor', (fresh) => {
  let store: Store;
  let project: Project;
  let gate: Environment;

  beforeEach(async () => {
    store = await (await fresh()).open();
    project = sampleProject({ name: 'MyProject' });
    gate = sampleEnvironment({ name: 'gate' });
    await store.write(async ({ projects, environments }) => {
      await projects.insert(project);
      await environments.insert(gate);
    });
  });

  const findings = async () => {
    const found = [
      ...(await store.read(checkOutlets)).findings,
      ...(await store.read(checkWebhooks)).findings,
    ];
    return found.map(
      ({ topic, severity, summary, problem }) => `${topic} ${severity}: ${summary}: ${problem}`,
    );
  };
  const counts = async () => {
    const { failingDeliveries, failingWebhooks, pendingEvents } = await store.read(({ stats }) =>
      stats.stats(at, at),
    );
    return { failingDeliveries, failingWebhooks, pendingEvents };
  };
  const nothing = { failingDeliveries: 0, failingWebhooks: 0, pendingEvents: 0 };

  async function outlet(name: string, over: Partial<Outlet> = {}): Promise<Outlet> {
    const made = sampleOutlet(project.id, { name, ...over });
    await store.write(({ outlets }) => outlets.insert(made));
    return made;
  }

  const deliver = ({ id }: Outlet, over: Partial<OutletDelivery>) =>
    store.write(({ outletDeliveries }) =>
      outletDeliveries.put([
        {
          outletId: id,
          environmentId: gate.id,
          nodeId: '',
          revision: 1,
          digest: null,
          state: 'CURRENT',
          deliveredAt: null,
          attempts: 1,
          lastError: null,
          ...over,
        },
      ]),
    );

  const cursor = ({ id }: Outlet, over: Partial<WebhookCursor>) =>
    store.write(({ webhooks }) =>
      webhooks.put({
        outletId: id,
        projectId: project.id,
        ...deliveredUpTo(0),
        attempts: 0,
        lastError: null,
        deliveredAt: null,
        stoppedVersion: null,
        ...over,
      }),
    );

  test('names each delivery that fails by node or environment, and the metrics count it until it succeeds', async () => {
    const node = sampleNode(gate.id, { name: 'g1' });
    await store.write(({ nodes }) => nodes.insert(node));
    const gateway = await outlet('gateway');
    const vault = await outlet('vault', { kind: 'VAULT_KV' });
    await deliver(gateway, { nodeId: node.id });
    await deliver(vault, { state: 'LAGGING' });
    expect([await findings(), await counts()]).toEqual([[], nothing]);
    await deliver(gateway, {
      nodeId: node.id,
      state: 'FAILING',
      attempts: 3,
      lastError: 'The disk is full!',
    });
    await deliver(vault, { state: 'FAILING', attempts: 7, lastError: 'The server is sealed, or not ready!' });
    expect([await findings(), await counts()]).toEqual([
      [
        'outlets warning: Outlets that cannot be delivered: Outlet gateway of project MyProject failed 3 times at node g1 of environment gate: The disk is full!',
        'outlets warning: Outlets that cannot be delivered: Outlet vault of project MyProject failed 7 times at environment gate: The server is sealed, or not ready!',
      ],
      { ...nothing, failingDeliveries: 2 },
    ]);
    await deliver(vault, {});
    await store.write(({ nodes }) => nodes.delete(node.id));
    expect([await findings(), await counts()]).toEqual([[], nothing]);
  });

  test('has advice of its own for a node without an outlet directory', async () => {
    const node = sampleNode(gate.id, { name: 'g1' });
    await store.write(({ nodes }) => nodes.insert(node));
    const lastError = 'This node was started without --outlet-dir!';
    await deliver(await outlet('gateway'), { nodeId: node.id, state: 'FAILING', lastError });
    expect(await findings()).toEqual([
      'outlets warning: Nodes without an outlet directory: Outlet gateway of project MyProject is not delivered by node g1 of environment gate, which was started without --outlet-dir.',
    ]);
  });

  test('forgets a failure where the project does not reach the environment any more, and has it again where it does', async () => {
    await deliver(await outlet('vault', { kind: 'VAULT_KV' }), { state: 'FAILING', lastError: 'Denied!' });
    const other = sampleProject();
    const reaching = (projectId: string, at: number) => ({
      ...gate,
      projectIds: [projectId],
      updatedAt: new Date(at),
    });
    await store.write(async ({ projects, environments }) => {
      await projects.insert(other);
      await environments.update(reaching(other.id, 1));
    });
    expect([await findings(), await counts()]).toEqual([[], nothing]);
    await store.write(({ environments }) => environments.update(reaching(project.id, 2)));
    expect([(await findings()).length, (await counts()).failingDeliveries]).toEqual([1, 1]);
  });

  test('names webhooks that fail, that were stopped by their receiver and that lost events, and the metrics count them', async () => {
    const webhook = (name: string) => outlet(name, { kind: 'WEBHOOK', content: 'EVENTS', gate: false });
    const [fine, failing, stopped, gap] = [
      await webhook('a-fine'),
      await webhook('b-failing'),
      await webhook('c-stopped'),
      await webhook('d-gap'),
    ];
    for (const one of [fine, failing, stopped, gap]) await cursor(one, {});
    expect([await findings(), await counts()]).toEqual([[], nothing]);
    await store.write(async (stores) => {
      for (const objectName of ['one', 'two', 'three']) {
        const event = {
          projectId: project.id,
          type: 'jwk.created',
          objectType: 'jwk',
          objectName,
          at,
        } as const;
        await recordEvent(stores, event);
      }
      await stores.webhooks.addLost(failing.id, 2);
      await stores.webhooks.addLost(gap.id, 40);
    });
    await cursor(fine, { delivered: 3 });
    await cursor(failing, {
      delivered: 1,
      attempts: 4,
      lastError: 'The receiver responded with status 503!',
    });
    await cursor(stopped, {
      delivered: 2,
      attempts: 1,
      lastError: 'It responded with 410',
      stoppedVersion: '1',
    });
    await cursor(gap, { delivered: 3 });
    expect([await findings(), await counts()]).toEqual([
      [
        'outlets warning: Webhooks that cannot be delivered: Outlet b-failing of project MyProject failed 4 times: The receiver responded with status 503! 2 events were deleted undelivered.',
        'outlets warning: Webhooks whose receiver wants no more: Outlet c-stopped of project MyProject is sent nothing: its receiver responded with 410.',
        'outlets warning: Webhooks that lost events: Outlet d-gap of project MyProject is still to be notified of a gap: 40 events were deleted undelivered.',
      ],
      { failingDeliveries: 0, failingWebhooks: 2, pendingEvents: 3 },
    ]);
    await store.write(async ({ outlets }) => {
      for (const { id } of [failing, stopped, gap]) await outlets.delete(id);
    });
    expect([await findings(), await counts()]).toEqual([[], nothing]);
  });
});
