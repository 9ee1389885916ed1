// Two managers on one PostgreSQL behind a balancer are restarted in turn, as an upgrade does it, while clients create
// and others ask the nodes for JWK Sets.

import { setTimeout as sleep } from 'node:timers/promises';
import { apiOf, until } from '../test/support/manager.ts';
import { kidsOf } from '../test/system/support/world.ts';
import type { FaultRow, FaultRun } from './fault-row.ts';
import { inspect, openInstallation } from './support/check-installation.ts';
import { createOn, nothingCreated } from './support/creating-clients.ts';
import { startManagerPair } from './support/manager-pair.ts';
import { loadText, startOpenLoop } from './support/open-loop.ts';
import { startTcpBalancer } from './support/tcp-balancer.ts';

export const limitSeconds = 240;

const perSecond = 200;
const betweenMs = 1_000;
const onNodesMs = 20_000;

export async function run(run: FaultRun): Promise<FaultRow[]> {
  const pair = await startManagerPair();
  const ports = pair.urls.map((url) => Number(new URL(url).port));
  const balancer = await startTcpBalancer(ports, { replay: false });
  const created = nothingCreated();
  const enough = new AbortController();
  const api = apiOf(balancer.url, pair.world.api.token);
  await createOn({ count: 1, api, prefix: 'first' }, created, AbortSignal.timeout(500));
  const load = startOpenLoop(
    pair.nodes.map(({ url }) => url),
    perSecond,
  );
  const order = { count: 8, api, url: balancer.url, prefix: 'rolling', settles: true, mostPerSecond: 100 };
  const creating = createOn(order, created, enough.signal);
  const restarts = run.size({ full: 10, quick: 2 });
  for (let number = 0; number < restarts; number += 1) {
    const index = number % 2;
    // An upgrade asks; a machine that dies does not.
    await pair.stop(index, number % 5 === 4 ? 'SIGKILL' : 'SIGTERM');
    await pair.start(index);
    await sleep(betweenMs);
    run.tell(`${number + 1} of ${restarts} restarts, ${created.acknowledged.size} acknowledged`);
  }
  enough.abort();
  await creating;
  const broken: string[] = [...created.refused].map(
    ([name, status]) => `${name} was answered with ${status}`,
  );
  if (created.unanswered.size > 0) broken.push(`${created.unanswered.size} creates were never settled`);
  const store = await openInstallation(pair.dataDir, pair.databaseUrl);
  const found = await inspect(store, pair.dataDir);
  await store.close();
  broken.push(...found.broken);
  broken.push(
    ...[...created.acknowledged].filter((name) => !found.names.has(name)).map((name) => `${name} is lost`),
  );
  for (const node of pair.nodes) {
    const level = async () => (await kidsOf(node)).length === found.names.size;
    await until(level, `all is on ${node.url}`, onNodesMs).catch((error: Error) =>
      broken.push(error.message),
    );
  }
  const figures = await load.stop();
  broken.push(...new Set(figures.failures));
  await balancer.close();
  await pair.close();
  return [
    {
      scenario: 'managers restarted in turn',
      promise: 'no acknowledged create is lost, each is settled; not one JWK Set request fails',
      figure: `${restarts} restarts, ${created.acknowledged.size} acknowledged, ${created.repeated} asked again; ${loadText(figures)}`,
      broken,
    },
  ];
}
