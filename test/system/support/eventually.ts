import { until } from '../../support/manager.ts';

/** Processes take their time on a machine that does something else as well. */
export function eventually(holds: () => Promise<boolean> | boolean, what: string): Promise<void> {
  return until(holds, what);
}
