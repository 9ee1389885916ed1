import type { Examination, Finding } from './finding.ts';
import type { SharedKid, SurveyNouns } from './survey-store.ts';

const soonDays = 30;
const dayMs = 86_400_000;
const namedAtMost = 50;

/** JWKs that nodes do not publish any more or soon will not, and followed URLs that give no key. */
export async function checkKeys({ survey }: SurveyNouns, now: Date): Promise<Examination> {
  const expiring = await survey.expiringBefore(new Date(now.getTime() + soonDays * dayMs), namedAtMost);
  const failing = await survey.failingUrls(namedAtMost);
  const shared = await survey.sharedKids(now, namedAtMost);
  const findings: Finding[] = [
    ...shared.map(sharedKidFinding),
    ...expiring.map(({ projectName, name, expirationTime }): Finding => {
      const isOver = expirationTime.getTime() <= now.getTime();
      return {
        topic: 'keys',
        problem: `JWK ${name} of project ${projectName} ${isOver ? 'expired' : 'expires'} at ${expirationTime.toISOString()}.`,
        advice: isOver
          ? 'Nodes do not publish it any more. Put a new key in its place (PUT), or delete it.'
          : 'Make its successor now, so that whoever verifies has both before the change.',
      };
    }),
    ...failing.map(
      ({ projectName, name, state, since, reason }): Finding => ({
        topic: 'sources',
        problem: `The URL that JWK ${name} of project ${projectName} follows ${state === 'GONE' ? 'has its key no more' : 'gives no answer'} since ${since.toISOString()}${reason === null ? '' : `: ${reason}`}`,
        advice:
          'The key that was read last stays in use. Look at the URL, or update the JWK from another source.',
      }),
    ),
  ];
  return {
    findings,
    looked: { 'expiring or expired JWKs': expiring.length, 'failing URLs': failing.length },
  };
}

function sharedKidFinding({ kid, first, second, environmentName }: SharedKid): Finding {
  const jwks = `JWK ${first.name} of project ${first.projectName} and JWK ${second.name} of project ${second.projectName}`;
  const problem = `kid ${JSON.stringify(kid)} names two different keys: ${jwks}`;
  return environmentName === null
    ? {
        topic: 'keys',
        problem: `${problem}. Both are published in the JWK Set of the project.`,
        advice: 'Verifiers cannot tell them apart. Give one of them another kid (PUT), or delete it.',
      }
    : {
        topic: 'keys',
        problem: `${problem}. The set of environment ${environmentName} leaves out ${second.name} of ${second.projectName}.`,
        advice: 'Give verifiers the address of the project, or give one of the keys another kid (PUT).',
      };
}
