// Two managers on one PostgreSQL get a create for the same name at the same moment, a thousand times.

import { generateKeyPairSync } from 'node:crypto';
import { type Api, apiOf, until } from '../test/support/manager.ts';
import { jwksPath, kidsOf } from '../test/system/support/world.ts';
import type { FaultRow, FaultRun } from './fault-row.ts';
import { inspect, openInstallation } from './support/check-installation.ts';
import { startManagerPair } from './support/manager-pair.ts';

export const limitSeconds = 240;

const pairsAtOnce = 8;
const onNodesMs = 20_000;

export async function run(run: FaultRun): Promise<FaultRow[]> {
  const pair = await startManagerPair();
  const apis = pair.urls.map((url) => apiOf(url, pair.world.api.token));
  const races = run.size({ full: 1_000, quick: 40 });
  const broken: string[] = [];
  const winners: string[] = [];
  const wins = [0, 0];
  let next = 0;
  const racer = async () => {
    for (let number = next++; number < races; number = next++) {
      const winner = await race(apis, `raced-${number}`, broken);
      if (winner === undefined) continue;
      wins[winner] = (wins[winner] ?? 0) + 1;
      winners.push(kidOf(`raced-${number}`, winner));
    }
  };
  await Promise.all(Array.from({ length: pairsAtOnce }, racer));
  for (const node of pair.nodes) {
    const held = async () => {
      const kids = new Set(await kidsOf(node));
      return kids.size === winners.length && winners.every((kid) => kids.has(kid));
    };
    await until(held, `only the winners are on ${node.url}`, onNodesMs).catch((error: Error) =>
      broken.push(error.message),
    );
  }
  const store = await openInstallation(pair.dataDir, pair.databaseUrl);
  broken.push(...(await inspect(store, pair.dataDir)).broken);
  await store.close();
  await pair.close();
  return [
    {
      scenario: 'two managers, one name',
      promise: 'one succeeds, and every node has its key; the other reports that the name exists',
      figure: `${races} races, won ${wins.join(' and ')} times`,
      broken,
    },
  ];
}

function kidOf(name: string, manager: number): string {
  return `${name} of ${manager}`;
}

/** @returns which of them won */
async function race(apis: readonly Api[], name: string, broken: string[]): Promise<number | undefined> {
  const answers = await Promise.all(
    apis.map((api, index) => {
      const jwk = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
      const jwkStr = JSON.stringify({ ...jwk, kid: kidOf(name, index) });
      return api('POST', jwksPath, { name, sourceType: 'COPY_PASTE', jwkStr });
    }),
  );
  const won = answers.flatMap(({ status }, index) => (status === 200 ? [index] : []));
  if (won.length !== 1) broken.push(`${name} was won ${won.length} times`);
  for (const { status, body } of answers) {
    if (status === 200) continue;
    const isTold = status === 400 && /is already exist!/.test(body.error_description);
    if (!isTold) broken.push(`${name}: the other got ${status} ${JSON.stringify(body)}`);
  }
  return won[0];
}
