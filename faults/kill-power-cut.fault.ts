// SQLite: what the manager acknowledged outlives the machine. After each kill the log is cut back to what a sync had
// brought to the disk, which a kill alone would leave in the memory of the kernel.

import type { FaultRow, FaultRun } from './fault-row.ts';
import { killRows } from './support/kill-rounds.ts';

export const limitSeconds = 600;

export function run(run: FaultRun): Promise<FaultRow[]> {
  return killRows('SQLite with a power cut', run);
}
