import { environmentRepair, projectRepair } from '../altered-settings.ts';
import type { DesiredStateStores } from '../deployments/desired-state-store.ts';
import { sumOfPresent } from '../deployments/put-desired-state.ts';
import { exactTimeText } from '../runtime/time-text.ts';
import type { AlteredRow, MacStores } from '../sealing/mac-store.ts';
import type { ConsistencyStores, HeadFacts, NamedObject } from './consistency-store.ts';
import { type Examination, type Finding, foreignWrite } from './finding.ts';

const namedAtMost = 20;
/** The time of a change is slightly before that of its audit record. */
const toleranceMs = 1_000;

const replaceAdvice =
  'It is not deployed. Replace it with a new value or delete it, and find out who can write to the database.';
const announceAdvice =
  'Compare with a backup. If the data is right, stop the managers, run `keyplane restore --announce`, and start them again.';

/** Rows with a missing or wrong MAC, and environments that do not match their digest. Needs the integrity key. */
export async function checkMacs(
  stores: MacStores & ConsistencyStores & DesiredStateStores,
): Promise<Examination> {
  const findings = (await stores.macs.altered(namedAtMost)).map(alteredFinding);
  const heads = await stores.consistency.heads();
  for (const head of heads) {
    const sum = await sumOfPresent(stores.desired, head.environmentId);
    if (sum.equals(head.digest)) continue;
    findings.push({
      ...integrityFinding(
        `The desired state of environment ${head.environmentName} does not match its digest: a row was removed, altered or set back.`,
      ),
      summary: 'Environments that do not match their digest',
      advice: `New nodes reject it. ${announceAdvice}`,
    });
  }
  return { findings, looked: { environments: heads.length } };
}

function alteredFinding({ table, id, name }: AlteredRow): Finding {
  const called = name === undefined ? '' : ` (name: ${name})`;
  return {
    ...integrityFinding(
      `The row in ${table} ${id}${called} was not written by keyplane: its MAC is missing or wrong.`,
    ),
    ...(byTable[table] ?? { summary: 'Rows that were not written by keyplane', advice: replaceAdvice }),
  };
}

const byTable: Readonly<Record<string, Pick<Finding, 'summary' | 'advice'>>> = Object.freeze({
  environment_states: {
    summary: 'Environments that were not written by keyplane',
    advice: `Nothing is deployed to this environment. ${announceAdvice}`,
  },
  projects: {
    summary: 'Settings of projects that were not written by keyplane',
    advice: saveAdvice(projectRepair),
  },
  environments: {
    summary: 'Settings of environments that were not written by keyplane',
    advice: saveAdvice(environmentRepair),
  },
  installation: {
    summary: 'Settings of the installation that were not written by keyplane',
    advice:
      'Nothing is deployed from them, and no key ring moves by them. Restart the manager, which stores its Cache-Control settings again, and find out who can write to the database.',
  },
});

function saveAdvice(repair: string): string {
  return `Nothing is deployed from it. Compare its settings with a backup or the audit log, save all of them again (${repair}; console and command line show them), and find out who can write to the database.`;
}

/** Compares rows, desired state and audit log, which refer to each other. */
export async function checkMemory(
  { consistency }: ConsistencyStores,
  auditSequence: number,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  if (auditSequence === 0 && (await consistency.hasData())) {
    findings.push(auditFinding('The audit log is empty, although there is data.'));
  }
  const [youngest, newest] = [await consistency.youngest(), await consistency.newestRecordAt()];
  if (youngest && newest && youngest.getTime() - newest.getTime() > toleranceMs) {
    findings.push(
      auditFinding(
        `The audit log ends at ${exactTimeText(newest.toISOString())}, but an object was created or changed at ${exactTimeText(youngest.toISOString())}.`,
      ),
    );
  }
  for (const head of await consistency.heads()) findings.push(...headFindings(head, auditSequence));
  for (const { how, ...object } of await consistency.againstAudit(namedAtMost)) {
    findings.push(auditFinding(disagreements[how](labelOf(object))));
  }
  for (const object of await consistency.removed(namedAtMost)) {
    findings.push(auditFinding(`${labelOf(object)} was removed, and no audit record says who deleted it.`));
  }
  for (const { kind, objectId, environmentName, how } of await consistency.againstDesired(namedAtMost)) {
    findings.push(
      integrityFinding(
        how === 'unwanted'
          ? `The desired state of environment ${environmentName} has ${kind} ${objectId}, which does not exist.`
          : `${kind} ${objectId} is missing in the desired state of environment ${environmentName}.`,
      ),
    );
  }
  return findings;
}

function headFindings(head: HeadFacts, auditSequence: number): readonly Finding[] {
  const { environmentName, revision, highestRow } = head;
  const findings: Finding[] = [];
  // The audit record of a change comes after the one that the environment refers to.
  if (head.revision > 0 && head.auditSequence >= auditSequence) {
    findings.push(
      auditFinding(
        `Environment ${environmentName} was changed after audit record ${head.auditSequence}, and the audit log ends at ${auditSequence}.`,
      ),
    );
  }
  if (highestRow > revision) {
    findings.push(
      integrityFinding(
        `Environment ${environmentName} is at revision ${revision}, and has a row of revision ${highestRow}: it was set back.`,
      ),
    );
  }
  return findings;
}

function auditFinding(problem: string): Finding {
  const summary = 'Data that the audit log does not explain';
  return { topic: 'audit', severity: 'error', summary, problem, advice: foreignWrite };
}

function integrityFinding(problem: string): Finding {
  const summary = 'Desired state that does not match the data';
  return { topic: 'integrity', severity: 'error', summary, problem, advice: foreignWrite };
}

const disagreements = {
  unrecorded: (object: string) => `${object} exists, and no audit record says who created it.`,
  ahead: (object: string) => `${object} refers to an audit record that does not exist.`,
  behind: (object: string) => `${object} is older than its latest change in the audit log: it was set back.`,
};

const kindNames: Readonly<Record<NamedObject['kind'], string>> = {
  jwk: 'JWK',
  certificate: 'Certificate',
  key: 'Key',
  keystore: 'Keystore',
  'key-ring': 'Key ring',
  application: 'Application',
  'token-profile': 'Token profile',
  view: 'View',
  outlet: 'Outlet',
  project: 'Project',
  environment: 'Environment',
};

function labelOf({ kind, name, projectName }: NamedObject): string {
  const called = `${kindNames[kind]} ${name}`;
  return kind === 'project' || kind === 'environment' ? called : `${called} of project ${projectName}`;
}
