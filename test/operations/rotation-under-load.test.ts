import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createOn, nothingCreated } from '../../faults/support/creating-clients.ts';
import { examine } from '../../src/compose/doctor.ts';
import type { ManagerConfig } from '../../src/config.ts';
import { withDatabases } from '../support/databases.ts';
import { type Api, apiOf } from '../support/manager.ts';
import { endAllProcesses, keyplane, serve } from '../system/support/keyplane-process.ts';
import { freePorts } from '../system/support/ports.ts';
import { jwkNames, jwksPath } from '../system/support/world.ts';
import {
  cleanUpInstallations,
  copyOf,
  everyAnswer,
  type FilledInstallation,
  fillInstallation,
} from './support/installation.ts';

cleanUpInstallations();
afterAll(endAllProcesses);

const preload = [fileURLToPath(new URL('../../faults/preload/kill-at-fault-point.ts', import.meta.url))];
const commits = ['keyplane:commit.before#1', 'keyplane:commit.after#1', 'keyplane:commit.after#2'];
const keyFileSteps = [1, 2, 3].map((count) => `keyplane:key-file.step#${count}`);
const clients = 8;
const mostPerSecond = 10;

/** All but the list, which grows meanwhile. */
async function filledAnswers(api: Api): Promise<Record<string, unknown>> {
  const { [jwksPath]: _, ...answers } = await everyAnswer(api);
  return answers;
}

function settingsOf({ databaseUrl, dataDir }: ManagerConfig): Record<string, string> {
  return {
    KEYPLANE_DATA_DIR: dataDir,
    ...(databaseUrl !== undefined && { KEYPLANE_DATABASE_URL: databaseUrl }),
  };
}

interface Reader {
  readonly api: Api;
  readonly names: ReadonlySet<string>;
  readonly signal: AbortSignal;
  /** A manager that stops answers 503, and then not at all. */
  readonly isUnreachable: () => boolean;
}

async function readOn({ api, names, signal, isUnreachable }: Reader): Promise<string[]> {
  const unread: string[] = [];
  while (!signal.aborted) {
    for (const name of [...names].slice(-5)) {
      // One that was asked while the manager was away may fail only once it is back.
      const wasUnreachable = isUnreachable();
      const { status, body } = await api('GET', `${jwksPath}${name}/`).catch(() => ({ status: 0, body: {} }));
      if (!wasUnreachable && !isUnreachable() && !JSON.stringify(body).includes('"d":"'))
        unread.push(`${name}: ${status}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return unread;
}

withDatabases('a change of the master key by a process of its own', (fresh, kind) => {
  let filled: FilledInstallation;
  beforeAll(async () => {
    filled = await fillInstallation(kind);
  });

  test('a rotation that is killed anywhere, beside a manager under load, loses nothing and is continued by the same command', async () => {
    const { config } = await copyOf(filled, fresh);
    const settings = settingsOf(config);
    const port = String(await freePorts(1));
    const startManager = () => serve(config.dataDir, { ...settings, KEYPLANE_PORT: port });
    let manager = await startManager();
    const api = apiOf(manager.url, filled.token);
    const before = await filledAnswers(api);
    const created = nothingCreated();
    const stopped = new AbortController();
    const order = { count: clients, api, prefix: 'during', goOnAfterMs: 50, mostPerSecond };
    const load = createOn(order, created, stopped.signal);
    let isUnreachable = false;
    const { signal } = stopped;
    const reads = readOn({ api, names: created.acknowledged, signal, isUnreachable: () => isUnreachable });
    const run = (args: readonly string[], moment: string) =>
      keyplane(['rotate-master-key', ...args], { settings: { ...settings, FAULT_KILL_AT: moment }, preload });
    const killedAt = async (moment: string, ...args: readonly string[]) => {
      expect(await run(args, moment).ended, moment).toEqual({ code: null, signal: 'SIGKILL' });
      expect(await filledAnswers(api), moment).toEqual(before);
      const problems = (await examine(config)).findings.map(({ problem }) => problem);
      expect(problems.filter((problem) => /does not open/.test(problem))).toEqual([]);
    };

    // The key files are the same with either database.
    const steps = kind === 'sqlite' ? keyFileSteps : [];
    for (const moment of [...commits.slice(0, 2), ...steps, ...commits.slice(2)]) await killedAt(moment);
    const whole = run([], '');
    expect(await whole.ended, whole.stderr()).toEqual({ code: 0, signal: null });
    isUnreachable = true;
    await manager.stop();
    manager = await startManager();
    isUnreachable = false;
    await killedAt('keyplane:commit.after#1', '--finish');
    const finished = run(['--finish'], '');
    expect(await finished.ended, finished.stderr()).toEqual({ code: 0, signal: null });
    expect(existsSync(join(config.dataDir, 'master.key.old'))).toBe(false);

    stopped.abort();
    await load;
    expect(await reads).toEqual([]);
    expect([...created.refused].filter(([, status]) => status !== 503)).toEqual([]);
    expect(created.acknowledged.size).toBeGreaterThan(clients);
    const names = new Set(await jwkNames(api));
    expect([...created.acknowledged].filter((name) => !names.has(name))).toEqual([]);
    for (const name of created.refused.keys()) expect(names).not.toContain(name);
    await manager.stop();
    const { findings, looked } = await examine(config);
    expect(findings).toEqual([]);
    // Three JWKs, a secret key, a keystore and its password were there before, and the identity key.
    expect(looked['sealed values']).toBe(names.size - 3 + 7);
  }, 300_000);
});
