import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningNode } from '../../src/node/start-node.ts';
import { startTestManager, type TestManager } from '../support/manager.ts';
import { root } from './support/page.ts';

let keyplane: TestManager;
let node: RunningNode;
const folder = mkdtempSync(join(tmpdir(), 'keyplane-metrics-'));
beforeAll(async () => {
  keyplane = await startTestManager({ environments: ['production'] });
  const kubernetesSigner = {
    socket: join(folder, 'signer.sock'),
    project: 'MyProject',
    ringName: 'accounts',
  };
  node = await keyplane.addNode('production', 'n1', { operations: { port: 0 }, kubernetesSigner });
});
afterAll(async () => {
  await keyplane.close();
  rmSync(folder, { recursive: true });
});

/** Only with PostgreSQL. */
const elsewhere = ['keyplane_database_connections'];

describe('docs/metrics.md', () => {
  const text = readFileSync(join(root, 'docs/metrics.md'), 'utf8');
  const listed = [...text.matchAll(/`(keyplane_\w+)`/g)].map(([, name = '']) => name);

  test('lists every metric of a manager and of a node, and no other', async () => {
    expect(listed.length).toBeGreaterThan(20);
    const answered = await Promise.all([keyplane.url, node.url].map(metricsOf));
    expect([...new Set([...answered.flat(), ...elsewhere])].sort()).toEqual([...new Set(listed)].sort());
  });
});

async function metricsOf(url: string): Promise<readonly string[]> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return [...text.matchAll(/^# TYPE (keyplane_\w+) /gm)].map(([, name = '']) => name);
}
