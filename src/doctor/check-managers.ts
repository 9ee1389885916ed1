import type { Examination, Finding } from './finding.ts';
import type { SurveyNouns } from './survey-store.ts';

/** Managers that are gone and did not say so: killed, or cut off from the database. */
export async function checkManagers({ survey }: SurveyNouns): Promise<Examination> {
  const findings = (await survey.endedManagers()).map(
    ({ id, version, seenAt }): Finding => ({
      topic: 'managers',
      problem: `Manager ${id} (keyplane ${version}) ended without a word, or does not reach the database; it was last seen at ${seenAt.toISOString()}.`,
      advice:
        'If it should run, look into its log and start it again. A manager that starts forgets those gone for an hour.',
    }),
  );
  return { findings, looked: {} };
}
