import { listSharedKids, type SharedKid, type SharedKidNouns } from '../jwks/shared-kids.ts';
import type { Examination, Finding } from './finding.ts';
import type { SurveyNouns } from './survey-store.ts';

const soonDays = 30;
const dayMs = 86_400_000;
const namedAtMost = 50;
const jwksNamedAtMost = 10;

/** JWKs that nodes do not publish any more or soon will not, and followed URLs that give no key. */
export async function checkKeys(nouns: SurveyNouns & SharedKidNouns, now: Date): Promise<Examination> {
  const { survey } = nouns;
  const expiring = await survey.expiringBefore(new Date(now.getTime() + soonDays * dayMs), namedAtMost);
  const failing = await survey.failingUrls(namedAtMost);
  const shared = await listSharedKids(nouns, now);
  const findings: Finding[] = [
    ...shared.slice(0, namedAtMost).map(sharedKidFinding),
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
    looked: {
      'kids of several keys': shared.length,
      'expiring or expired JWKs': expiring.length,
      'failing URLs': failing.length,
    },
  };
}

function sharedKidFinding({ kid, environmentName, published, leftOut }: SharedKid): Finding {
  const problem = `kid ${JSON.stringify(kid)} names different keys: ${listOf([...published, ...leftOut])}`;
  return environmentName === null
    ? {
        topic: 'keys',
        problem: `${problem}. All of them are published in the JWK Set of the project.`,
        advice: 'Verifiers cannot tell them apart. Give each its own kid (PUT), or delete what is not used.',
      }
    : {
        topic: 'keys',
        problem: `${problem}. The set of environment ${environmentName} leaves out ${listOf(leftOut)}.`,
        advice: "Give verifiers the address of the project's set, or give each key its own kid (PUT).",
      };
}

function listOf(jwks: SharedKid['published']): string {
  const named = jwks
    .slice(0, jwksNamedAtMost)
    .map(({ projectName, name }) => `JWK ${name} of project ${projectName}`)
    .join(', ');
  const more = jwks.length - jwksNamedAtMost;
  return more > 0 ? `${named} and ${more} more` : named;
}
