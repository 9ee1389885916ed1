// The most telling of the fault suite (`npm run faults`), once each and small. The whole of it is in `faults/`.

import { afterEach, expect, test } from 'vitest';
import type { FaultRow, FaultScenario } from '../../faults/fault-row.ts';
import { unmountAll } from '../../faults/support/small-disk.ts';
import { endAllProcesses } from './support/keyplane-process.ts';
import { removeTemporaryFolders } from './support/temporary-folder.ts';

afterEach(async () => {
  await endAllProcesses();
  await unmountAll();
  await removeTemporaryFolders();
});

async function rowsOf(name: string): Promise<FaultRow[]> {
  const scenario = (await import(`../../faults/${name}.fault.ts`)) as FaultScenario;
  return scenario.run({ size: ({ quick }) => quick, tell: () => undefined });
}

test.each([
  ['kill-power-cut', 'a manager that loses power loses nothing that it acknowledged'],
  ['clocks', 'a clock that was wrong and is set right leaves nothing behind'],
])('%s: %s', async (name) => {
  const rows = await rowsOf(name);
  expect(rows.length).toBeGreaterThan(0);
  for (const { scenario, broken } of rows) expect(broken, scenario).toEqual([]);
});
