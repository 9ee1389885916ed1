import { exactTimeText } from '../runtime/time-text.ts';
import type { DiagnosticsStores } from './diagnostics-store.ts';
import type { Examination, Finding } from './finding.ts';

/** Managers that stopped without shutting down, or lost the database. */
export async function checkManagers({ diagnostics }: DiagnosticsStores): Promise<Examination> {
  const findings = (await diagnostics.endedManagers()).map(
    ({ id, version, seenAt }): Finding => ({
      topic: 'managers',
      severity: 'warning',
      summary: 'Managers that stopped without shutting down',
      problem: `Manager ${id} (keyplane ${version}) stopped without shutting down, or cannot reach the database; it was last seen at ${exactTimeText(seenAt.toISOString())}.`,
      advice:
        'If it should run, check its log and start it again. A manager that starts removes those that stopped over an hour ago.',
    }),
  );
  return { findings, looked: {} };
}
