import type { Examination, Finding } from './finding.ts';
import type { SurveyNouns } from './survey-store.ts';

/** The tests were run with 15 and 18; older ones than 14 are refused, newer ones were not there yet. */
const newestMajor = 18;
const clockToleranceMs = 30_000;

export interface DatabaseFacts {
  readonly schemaVersion: number;
  readonly newestSchema: number;
  readonly now: Date;
}

/** Where it finds something, nothing else that the database says can be relied upon. */
export async function checkIntegrity({ survey }: SurveyNouns): Promise<readonly Finding[]> {
  return (await survey.integrity()).map((said) => ({
    topic: 'database',
    problem: `The database finds itself damaged: ${said}.`,
    advice:
      'Stop the manager, keep the file for a look, and restore the newest backup. Seals, audit record, nodes and keys were not looked at.',
  }));
}

export async function checkDatabase(
  { survey }: SurveyNouns,
  { schemaVersion, newestSchema, now }: DatabaseFacts,
): Promise<Examination> {
  const findings: Finding[] = [];
  const major = await survey.serverMajorVersion();
  if (major !== undefined && major > newestMajor) {
    findings.push({
      topic: 'database',
      problem: `PostgreSQL ${major} is newer than what keyplane was tried with (15 and ${newestMajor}).`,
      advice: 'Look for a newer keyplane.',
    });
  }
  const offMs = (await survey.now()).getTime() - now.getTime();
  if (Math.abs(offMs) > clockToleranceMs) {
    findings.push({
      topic: 'machine',
      problem: `The clock here and that of the database are ${Math.round(Math.abs(offMs) / 1000)} seconds apart.`,
      advice: 'Let both follow a time server: expiration times and tokens depend on it.',
    });
  }
  const newest = await survey.newestAuditRecordAt();
  if (newest && newest.getTime() - now.getTime() > clockToleranceMs) {
    findings.push({
      topic: 'machine',
      problem: `The newest audit record is of ${newest.toISOString()}, which lies ahead of the clock here.`,
      advice: 'A manager ran, or this machine runs, with a wrong clock. Let all follow a time server.',
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
