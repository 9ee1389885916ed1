import { exactTimeText } from '../runtime/time-text.ts';
import type { DiagnosticsStores } from './diagnostics-store.ts';
import type { Examination, Finding } from './finding.ts';

/** Tested with 15 and 18. Versions before 14 are rejected. */
const newestMajor = 18;
const clockToleranceMs = 30_000;
const clockAdvice = 'Synchronise all machines with a time server: expiration times and tokens depend on it.';

export interface DatabaseFacts {
  readonly schemaVersion: number;
  readonly newestSchema: number;
  readonly now: Date;
}

/** Where it finds damage, the other checks are skipped, because their results would be unreliable. */
export async function checkIntegrity({ diagnostics }: DiagnosticsStores): Promise<readonly Finding[]> {
  return (await diagnostics.integrity()).map((said) => ({
    topic: 'database',
    severity: 'error',
    summary: 'Damage that the database reports',
    problem: `The database reports damage: ${said}.`,
    advice:
      'Stop the manager, keep the file for an analysis, and restore the newest backup. Encrypted values, audit log, nodes and keys were not checked.',
  }));
}

export async function checkDatabase(
  { diagnostics }: DiagnosticsStores,
  { schemaVersion, newestSchema, now }: DatabaseFacts,
): Promise<Examination> {
  const findings: Finding[] = [];
  const major = await diagnostics.serverMajorVersion();
  if (major !== undefined && major > newestMajor) {
    findings.push({
      topic: 'database',
      severity: 'warning',
      summary: 'PostgreSQL is newer than the tested versions',
      problem: `PostgreSQL ${major} is newer than the tested versions (15 and ${newestMajor}).`,
      advice: 'Check whether there is a newer release of keyplane.',
    });
  }
  const offMs = (await diagnostics.now()).getTime() - now.getTime();
  if (Math.abs(offMs) > clockToleranceMs) {
    findings.push({
      topic: 'machine',
      severity: 'error',
      summary: 'Clocks that disagree',
      problem: `The clocks of this machine and of the database are ${Math.round(Math.abs(offMs) / 1000)} seconds apart.`,
      advice: clockAdvice,
    });
  }
  const newest = await diagnostics.newestAuditRecordAt();
  if (newest && newest.getTime() - now.getTime() > clockToleranceMs) {
    findings.push({
      topic: 'machine',
      severity: 'error',
      summary: 'Clocks that disagree',
      problem: `The newest audit record is from ${exactTimeText(newest.toISOString())}, which is in the future of this machine.`,
      advice: clockAdvice,
    });
  }
  return {
    findings,
    looked: {
      'schema version': `${schemaVersion} of ${newestSchema}`,
      ...(major !== undefined && { PostgreSQL: major }),
    },
  };
}
