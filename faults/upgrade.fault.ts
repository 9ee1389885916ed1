// A database that an older keyplane made is brought to the newest schema by a manager that is killed at each statement
// of the upgrade in turn. A manager of the older keyplane that was not stopped stores nothing any more, and says so.

import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { signedIn, until } from '../test/support/manager.ts';
import { keyplane, serve } from '../test/system/support/keyplane-process.ts';
import { temporaryFolder } from '../test/system/support/temporary-folder.ts';
import { jwkNames, jwksPath, made, password, pastedJwk } from '../test/system/support/world.ts';
import type { FaultRow, FaultRun } from './fault-row.ts';
import { inspect, openInstallation } from './support/check-installation.ts';
import { checkOutOlder, startOlder } from './support/older-keyplane.ts';
import { startPostgres } from './support/postgres-process.ts';

export const limitSeconds = 300;

/** The last commit whose keyplane knows schema version 2. */
const olderCommit = '5bb323c';
const preload = [fileURLToPath(new URL('./preload/kill-at-fault-point.ts', import.meta.url))];
const names = Array.from({ length: 20 }, (_, index) => `older-${index}`);

export async function run(run: FaultRun): Promise<FaultRow[]> {
  const older = await checkOutOlder(olderCommit);
  const sqlite = await killedUpgrades(run, older);
  run.tell(sqlite.figure);
  return [sqlite, await besideAnOlderManager(older)];
}

async function fill(url: string): Promise<void> {
  const api = await signedIn(url, 'admin', password);
  await made(api, '/apiops/projects/', { name: 'MyProject' });
  await made(api, '/apiops/environments/', { name: 'production', type: 'TEST' });
  for (const name of names) await made(api, jwksPath, pastedJwk(name));
}

async function killedUpgrades(run: FaultRun, older: string): Promise<FaultRow> {
  const folder = await temporaryFolder();
  const original = join(folder, 'original');
  const manager = await startOlder(older, original);
  await fill(manager.url);
  await manager.stop();
  const broken: string[] = [];
  let kills = 0;
  const most = run.size({ full: 60, quick: 3 });
  for (let statement = 1; statement <= most; statement += 1) {
    const dataDir = join(folder, `killed-${statement}`);
    await cp(original, dataDir, { recursive: true });
    const settings = { KEYPLANE_PORT: '0', KEYPLANE_DATA_DIR: dataDir, KEYPLANE_ADMIN_PASSWORD: password };
    const kill = { FAULT_KILL_AT: `keyplane:migration.statement#${statement}` };
    const upgrading = keyplane(['serve'], { settings: { ...settings, ...kill }, preload });
    const isOver = await Promise.race([
      upgrading.ended,
      upgrading.says(/keyplane is ready/).catch(() => upgrading.ended),
    ]);
    if (!('signal' in isOver)) {
      // There is no such statement any more: all were tried.
      await upgrading.stop();
      break;
    }
    kills += 1;
    broken.push(...(await finishes(dataDir)).map((what) => `killed at statement ${statement}: ${what}`));
    await rm(dataDir, { recursive: true, force: true });
  }
  return {
    scenario: 'upgrade killed at each statement',
    promise: 'the schema is the old or the new one, the next start finishes, nothing is missing',
    figure: `${kills} statements, ${names.length} JWKs each`,
    broken,
  };
}

async function finishes(dataDir: string, databaseUrl?: string): Promise<string[]> {
  const settings = {
    KEYPLANE_ADMIN_PASSWORD: password,
    ...(databaseUrl !== undefined && { KEYPLANE_DATABASE_URL: databaseUrl }),
  };
  const manager = await serve(dataDir, settings);
  const api = await signedIn(manager.url, 'admin', password);
  const found = await jwkNames(api);
  await made(api, jwksPath, pastedJwk('newer'));
  await manager.stop();
  const store = await openInstallation(dataDir, databaseUrl);
  const { broken } = await inspect(store, dataDir);
  await store.close();
  return [...broken, ...names.filter((name) => !found.includes(name)).map((name) => `${name} is missing`)];
}

async function besideAnOlderManager(older: string): Promise<FaultRow> {
  const databaseUrl = await (await startPostgres()).database();
  const dataDir = join(await temporaryFolder(), 'manager');
  const manager = await startOlder(older, dataDir, { KEYPLANE_DATABASE_URL: databaseUrl });
  await fill(manager.url);
  const api = await signedIn(manager.url, 'admin', password);
  const broken: string[] = [];
  let done = false;
  const stored: string[] = [];
  let rejected = 0;
  const working = (async () => {
    for (let number = 0; !done; number += 1) {
      const name = `beside-${number}`;
      const { status, body } = await api('POST', jwksPath, pastedJwk(name));
      if (status === 503) rejected += 1;
      else if (status !== 200) broken.push(`the older manager answered ${status} ${JSON.stringify(body)}`);
      else if (rejected > 0) broken.push(`the older manager stored ${name} after the upgrade`);
      else stored.push(name);
    }
  })();
  await until(() => stored.length > 5, 'the older manager works');
  broken.push(...(await finishes(dataDir, databaseUrl)));
  await until(() => rejected > 5, 'the older manager is rejected').catch((error: Error) =>
    broken.push(error.message),
  );
  done = true;
  await working;
  const found = await jwkNames(api);
  broken.push(...stored.filter((name) => !found.includes(name)).map((name) => `${name} is lost`));
  await manager.stop();
  return {
    scenario: 'upgrade beside an older manager',
    promise: 'what the older manager stored is there; after the upgrade it stores nothing and answers 503',
    figure: `${stored.length} creates before, ${rejected} rejected after`,
    broken,
  };
}
