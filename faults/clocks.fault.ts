// Clocks that are an hour or ten years off, ahead and behind, of the manager and of a node, while changes are made;
// and then set right. Timers keep their pace: only what the clock says is wrong.

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Api, apiOf, signedIn, until } from '../test/support/manager.ts';
import type { ServeProcess } from '../test/system/support/keyplane-process.ts';
import { temporaryFolder } from '../test/system/support/temporary-folder.ts';
import {
  jwkNames,
  jwksPath,
  kidsOf,
  password,
  pastedJwk,
  startWorld,
  type World,
} from '../test/system/support/world.ts';
import type { FaultRow, FaultRun } from './fault-row.ts';
import { inspect, openInstallation } from './support/check-installation.ts';

export const limitSeconds = 180;

const hourMs = 3_600_000;
const tenYearsMs = 10 * 365 * 24 * hourMs;
const shifts: Readonly<Record<string, number>> = {
  'an hour ahead': hourMs,
  'an hour behind': -hourMs,
  'ten years ahead': tenYearsMs,
  'ten years behind': -tenYearsMs,
};
const settleMs = 20_000;
const preload = [fileURLToPath(new URL('./preload/shift-clock.ts', import.meta.url))];

/** A clock that its process reads again on command. */
interface WrongClock {
  readonly settings: Readonly<Record<string, string>>;
  set(process: ServeProcess, shiftMs: number): Promise<void>;
}

async function wrongClock(name: string): Promise<WrongClock> {
  const file = join(await temporaryFolder(), name);
  await writeFile(file, '0');
  return {
    settings: { FAULT_CLOCK: file },
    async set({ pid }, shiftMs) {
      await writeFile(file, String(shiftMs));
      process.kill(pid, 'SIGUSR2');
      const seen = () => readFile(`${file}.seen`, 'utf8').catch(() => '');
      await until(async () => (await seen()) === String(shiftMs), 'the clock jumps');
    },
  };
}

interface Scene {
  readonly world: World;
  readonly node: ServeProcess;
  /** By the personal token. */
  readonly api: Api;
  readonly clocks: { readonly manager: WrongClock; readonly node: WrongClock };
}

export async function run(run: FaultRun): Promise<FaultRow[]> {
  const clocks = { manager: await wrongClock('manager'), node: await wrongClock('node') };
  const world = await startWorld();
  await world.manager.stop();
  await world.startManager({ settings: clocks.manager.settings, preload });
  const node = await world.startNode('n1', { settings: clocks.node.settings, preload });
  await world.connected('n1');
  const token = await world.api('POST', '/apiops/tokens/', { name: 'for-a-year', expiresAt: inDays(365) });
  if (token.status !== 200) throw new Error(`no token: ${token.status}`);
  // A session is over by a clock that is ahead, and cleared away a day later; a token of a year has to last.
  const scene = { world, node, clocks, api: apiOf(world.url, token.body.token) };
  await create(scene, { name: 'lasts-a-year', expirationTime: inDays(365) });
  await create(scene, { name: 'lasts-for-ever' });
  const rows: FaultRow[] = [];
  for (const who of ['manager', 'node'] as const) {
    const broken: string[] = [];
    for (const [name, shiftMs] of Object.entries(shifts)) {
      const found = await whileWrong(scene, who, shiftMs);
      broken.push(...found.map((what) => `${name}: ${what}`));
      run.tell(`${who} ${name}`);
    }
    rows.push({
      scenario: `clock of the ${who} off`,
      promise: 'changes arrive meanwhile; set right again, nothing is missing, undeployed or locked out',
      figure: Object.keys(shifts).join(', '),
      broken,
    });
  }
  return rows;
}

function inDays(days: number): string {
  return new Date(Date.now() + days * 24 * hourMs).toISOString();
}

async function create(
  { api }: Scene,
  { name, expirationTime }: { name: string; expirationTime?: string },
): Promise<string[]> {
  const { status, body } = await (expirationTime === undefined
    ? api('POST', jwksPath, pastedJwk(name))
    : api('POST', `${jwksPath}generate`, {
        name,
        type: 'EC',
        ec: { curveType: 'P256' },
        keyUseType: 'SIGNATURE',
        algorithm: 'ES256',
        kid: name,
        expirationTime,
      }));
  if (status === 200 && body.deploymentResult.success) return [];
  return [`${name} was answered with ${status} ${JSON.stringify(body.deploymentResult ?? body)}`];
}

let rounds = 0;

async function whileWrong(scene: Scene, who: 'manager' | 'node', shiftMs: number): Promise<string[]> {
  const { world, node, clocks, api } = scene;
  rounds += 1;
  const broken: string[] = [];
  const whose = who === 'manager' ? world.manager : node;
  await clocks[who].set(whose, shiftMs);
  // A session token of the right time may be over by the wrong one; signing in must work at any time.
  const session = await signedIn(world.url, 'admin', password);
  const during = await session('POST', jwksPath, pastedJwk(`during-${rounds}`));
  if (!during.body.deploymentResult?.success)
    broken.push(`a change did not arrive: ${JSON.stringify(during.body)}`);
  const served = await kidsOf(node);
  // By the clock of a node ten years ahead a key of one year has expired; nothing else may be missing.
  const mayBeMissing = who === 'node' && shiftMs > 366 * 24 * hourMs ? ['lasts-a-year'] : [];
  broken.push(
    ...missing(await jwkNames(session), served, mayBeMissing).map((name) => `${name} is missing meanwhile`),
  );
  await clocks[who].set(whose, 0);
  broken.push(...(await create(scene, { name: `after-${rounds}` })));
  const names = await jwkNames(api);
  const level = async () => missing(names, await kidsOf(node), []).length === 0;
  await until(level, 'the node has everything once the clock is right', settleMs).catch((error: Error) =>
    broken.push(error.message),
  );
  const tokens = await api('GET', '/apiops/tokens/');
  if (!JSON.stringify(tokens.body).includes('for-a-year')) broken.push('a personal token is missing');
  const { body } = await api('GET', '/apiops/environments/production/nodes/');
  if (!body.resultList.every(({ connected }: { connected: boolean }) => connected))
    broken.push('the node counts as disconnected');
  const dataDir = join(world.folder, 'manager');
  const store = await openInstallation(dataDir);
  broken.push(...(await inspect(store, dataDir)).broken);
  await store.close();
  return broken;
}

function missing(names: readonly string[], kids: readonly string[], exceptions: readonly string[]): string[] {
  return names.filter((name) => !kids.includes(name) && !exceptions.includes(name));
}
