// SQLite: what the manager acknowledged outlives the process.

import type { FaultRow, FaultRun } from './fault-row.ts';
import { killRows } from './support/kill-rounds.ts';

export const limitSeconds = 600;

export function run(run: FaultRun): Promise<FaultRow[]> {
  return killRows('SQLite', run);
}
