import { exactTimeText } from '../runtime/time-text.ts';
import type { DiagnosticsStores, RingGrant } from './diagnostics-store.ts';
import type { Examination, Finding } from './finding.ts';

const perPage = 256;
const namedAtMost = 10_000;
/** SP 800-38D §8.3: as many uses a key has with random initialisation vectors. */
const gcmUses = 2 ** 32;

/** Grants that go past what a key ring or a token profile bounds, issuers without keys, and keys that are nearly used up. */
export async function checkApplications(stores: DiagnosticsStores): Promise<Examination> {
  const { diagnostics } = stores;
  const findings: Finding[] = [];
  const reserved = new Map((await diagnostics.reservedRings()).map((ring) => [ring.id, ring.usedBy]));
  let applications = 0;
  for (let after = ''; ; ) {
    const page = await diagnostics.ringGrants(after, perPage);
    for (const application of page)
      findings.push(...application.grants.flatMap((one) => grantFindings(one, reserved)));
    applications += page.length;
    const last = page.at(-1);
    if (!last || page.length < perPage) break;
    after = last.id;
  }
  for (const { projectName, jwksUri, since, reason } of await diagnostics.failingKeySets(namedAtMost)) {
    findings.push({
      topic: 'applications',
      severity: 'warning',
      summary: 'Keys of issuers that cannot be fetched',
      problem: `${jwksUri} of project ${projectName} has failed since ${exactTimeText(since.toISOString())}: ${reason}`,
      advice:
        'Nodes verify JWTs with the last keys that were read. Make the URI respond again, or give the credentials another jwksUri.',
    });
  }
  // Each node stops at its share. Which node used the key is not known, so the smallest share counts.
  const nodes = Math.max(1, await diagnostics.nodeCount());
  const half = gcmUses / nodes / 2;
  for (const { projectName, name, count } of await diagnostics.gcmUses(half, namedAtMost)) {
    findings.push({
      topic: 'applications',
      severity: 'warning',
      summary: 'AES-GCM keys that are half used up',
      problem: `JWK ${name} of project ${projectName} has encrypted ${count} times; each of ${nodes} nodes stops at ${Math.floor(gcmUses / nodes)}.`,
      advice: 'Give its users another key: rotate its key ring, or create a JWK and grant it.',
    });
  }
  return { findings, looked: { applications } };
}

function grantFindings(
  { projectName, applicationName, keyRingId, keyRingName, operations }: RingGrant,
  reserved: ReadonlyMap<string, string>,
): readonly Finding[] {
  const label = `Application ${applicationName} of project ${projectName}`;
  const findings: Finding[] = [];
  if (operations.includes('SIGN_RAW')) {
    findings.push({
      topic: 'applications',
      severity: 'warning',
      summary: 'Applications that sign what maxTokenLifetime does not bound',
      problem: `${label} has SIGN_RAW on key ring ${keyRingName}.`,
      advice:
        'What it signs may be valid for longer than the key is published. Take SIGN_RAW from the grant, or use a JWK outside key rings.',
    });
  }
  const usedBy = reserved.get(keyRingId);
  if (usedBy !== undefined && (operations.includes('SIGN') || operations.includes('SIGN_RAW'))) {
    findings.push({
      topic: 'applications',
      severity: 'warning',
      summary: 'Applications that sign beside what a key ring is for',
      problem: `${label} may sign with key ring ${keyRingName}, which is used ${usedBy}.`,
      advice:
        'It can sign any claims, so verifiers cannot tell its tokens from the others. Grant ISSUE on a token profile instead, or give it a separate key ring.',
    });
  }
  return findings;
}
