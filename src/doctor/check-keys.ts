import { listSharedKids, type SharedKid, type SharedKidStores } from '../jwks/shared-kids.ts';
import { timeText } from '../runtime/time-text.ts';
import type { DiagnosticsStores } from './diagnostics-store.ts';
import type { Examination, Finding } from './finding.ts';

const soonDays = 30;
const dayMs = 86_400_000;
const namedAtMost = 10_000;
const jwksNamedAtMost = 10;

/** JWKs that are expired or expire soon, URLs that return no key, and kids of several keys. */
export async function checkKeys(
  stores: DiagnosticsStores & SharedKidStores,
  now: Date,
): Promise<Examination> {
  const { diagnostics } = stores;
  const expiring = await diagnostics.expiringBefore(new Date(now.getTime() + soonDays * dayMs), namedAtMost);
  const failing = await diagnostics.failingUrls(namedAtMost);
  const shared = await listSharedKids(stores, now);
  const findings: Finding[] = [
    ...shared.slice(0, namedAtMost).map(sharedKidFinding),
    ...expiring.map(({ projectName, name, expirationTime }): Finding => {
      const isExpired = expirationTime.getTime() <= now.getTime();
      return {
        topic: 'keys',
        severity: 'warning',
        summary: isExpired ? 'Expired JWKs' : `JWKs that expire within ${soonDays} days`,
        problem: `JWK ${name} of project ${projectName} ${isExpired ? 'expired' : 'expires'} at ${timeText(expirationTime.toISOString())}.`,
        advice: isExpired
          ? 'Nodes no longer publish it. Replace it with a new key (`keyplane jwk update`), or delete it.'
          : 'Rotate: create a replacement now, so that verifiers have both keys before the change.',
      };
    }),
    ...failing.map(
      ({ projectName, name, state, since, reason }): Finding => ({
        topic: 'sources',
        severity: 'warning',
        summary: 'URLs that return no key',
        problem: `The URL of JWK ${name} of project ${projectName} ${state === 'GONE' ? 'no longer has its key' : 'fails'} since ${timeText(since.toISOString())}${reason === null ? '' : `: ${reason}`}`,
        advice: 'The last key stays in use. Check the URL, or update the JWK from another source.',
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
        severity: 'error',
        summary: 'Kids of several keys in the JWK Set of a project',
        problem: `${problem}. All of them are published in the JWK Set of the project.`,
        advice: 'Verifiers cannot distinguish them. Give each key its own kid, or delete the unused ones.',
      }
    : {
        topic: 'keys',
        severity: 'warning',
        summary: 'Kids of several keys in the JWK Set of an environment',
        problem: `${problem}. The set of environment ${environmentName} leaves out ${listOf(leftOut)}.`,
        advice: "Give verifiers the address of the project's set, or give each key its own kid.",
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
