import { sumOfPresent } from '../deployments/desire.ts';
import type { DesiredStateNouns } from '../deployments/desired-state-store.ts';
import type { MacNouns } from '../sealing/mac-store.ts';
import type { ConsistencyNouns, HeadFacts, NamedObject } from './consistency-store.ts';
import type { Examination, Finding } from './finding.ts';

const namedAtMost = 20;
/** A change says when it was made a moment before its record does. */
const toleranceMs = 1_000;

const findOut = 'Somebody wrote to the database past keyplane. Compare with a backup, and find out who can.';
const replace =
  'It is not deployed. Replace it (PUT with a new value) or delete it, and find out who can write to the database.';
const countAnew =
  'Compare with a backup. If what is there is right, stop the managers, run `keyplane restore --announce`, and start them again.';

/** Rows whose MAC is missing or wrong, and environments that do not add up. Needs the integrity key. */
export async function checkMacs(
  nouns: MacNouns & ConsistencyNouns & DesiredStateNouns,
): Promise<Examination> {
  const altered = await nouns.macs.altered(namedAtMost);
  const findings = altered.map(({ table, id }): Finding => {
    const isHead = table === 'environment_states';
    return {
      topic: 'integrity',
      problem: `The row in ${table} ${id} was written past keyplane: its MAC is missing or wrong.`,
      advice: isHead ? `Nothing is deployed to this environment. ${countAnew}` : replace,
    };
  });
  const heads = await nouns.consistency.heads();
  for (const head of heads) {
    const sum = await sumOfPresent(nouns.desired, head.environmentId);
    if (sum.equals(head.digest)) continue;
    findings.push({
      topic: 'integrity',
      problem: `What is desired in environment ${head.environmentName} does not add up to its digest: a row was removed, altered or set back.`,
      advice: `New nodes reject it. ${countAnew}`,
    });
  }
  return { findings, looked: { environments: heads.length } };
}

/** Rows, desired state and audit record, each of which remembers something of the others. */
export async function checkMemory(
  { consistency }: ConsistencyNouns,
  auditSequence: number,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  if (auditSequence === 0 && (await consistency.hasData())) {
    findings.push({
      topic: 'audit',
      problem: 'The audit record is empty, and there is data of which it should tell.',
      advice: findOut,
    });
  }
  const [youngest, newest] = [await consistency.youngest(), await consistency.newestRecordAt()];
  if (youngest && newest && youngest.getTime() - newest.getTime() > toleranceMs) {
    findings.push({
      topic: 'audit',
      problem: `The audit record ends at ${newest.toISOString()}, but something was made or changed at ${youngest.toISOString()}.`,
      advice: findOut,
    });
  }
  for (const head of await consistency.heads()) findings.push(...headFindings(head, auditSequence));
  for (const { how, ...object } of await consistency.againstAudit(namedAtMost)) {
    findings.push({ topic: 'audit', problem: disagreements[how](called(object)), advice: findOut });
  }
  for (const object of await consistency.removed(namedAtMost)) {
    findings.push({
      topic: 'audit',
      problem: `${called(object)} is gone, and no audit record says who deleted it.`,
      advice: findOut,
    });
  }
  for (const { kind, objectId, environmentName, how } of await consistency.againstDesired(namedAtMost)) {
    findings.push({
      topic: 'integrity',
      problem:
        how === 'unwanted'
          ? `Environment ${environmentName} should have ${kind} ${objectId}, which is not there.`
          : `${kind} ${objectId} belongs in environment ${environmentName}, and is not desired there.`,
      advice: findOut,
    });
  }
  return findings;
}

function headFindings(head: HeadFacts, auditSequence: number): readonly Finding[] {
  const { environmentName, revision, highestRow } = head;
  const findings: Finding[] = [];
  // The record of what moved it comes after the one it remembers.
  if (head.revision > 0 && head.auditSequence >= auditSequence) {
    findings.push({
      topic: 'audit',
      problem: `Environment ${environmentName} was changed after audit record ${head.auditSequence}, and the audit record ends at ${auditSequence}.`,
      advice: findOut,
    });
  }
  if (highestRow > revision) {
    findings.push({
      topic: 'integrity',
      problem: `Environment ${environmentName} is at revision ${revision}, and has a row of revision ${highestRow}: it was set back.`,
      advice: findOut,
    });
  }
  return findings;
}

const disagreements = {
  unrecorded: (object: string) => `${object} is there, and no audit record says who made it.`,
  ahead: (object: string) => `${object} remembers an audit record that is not there.`,
  behind: (object: string) => `${object} is as it was before its latest change: it was set back.`,
};

const kindNames = { jwk: 'JWK', certificate: 'Certificate', key: 'Key', keystore: 'Keystore' } as const;

function called({ kind, name, projectName }: NamedObject): string {
  return `${kindNames[kind]} ${name} of project ${projectName}`;
}
