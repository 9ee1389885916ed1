// The doctor: it checks an installation while managers run, and changes nothing.

import { join } from 'node:path';
import { createAuditLog } from '../audit/create-audit-log.ts';
import type { ManagerConfig } from '../config.ts';
import { checkApplications } from '../doctor/check-applications.ts';
import { checkContents } from '../doctor/check-contents.ts';
import { checkDatabase, checkIntegrity } from '../doctor/check-database.ts';
import { checkKeys } from '../doctor/check-keys.ts';
import { checkMachine } from '../doctor/check-machine.ts';
import { checkManagers } from '../doctor/check-managers.ts';
import { checkNodes } from '../doctor/check-nodes.ts';
import { checkOutlets } from '../doctor/check-outlets.ts';
import { checkRings } from '../doctor/check-rings.ts';
import { checkMacs, checkMemory } from '../doctor/check-rows.ts';
import { checkWebhooks } from '../doctor/check-webhooks.ts';
import { type Examination, type Finding, foreignWrite } from '../doctor/finding.ts';
import { checkSeals } from '../sealing/check-seals.ts';
import { loadMasterKey, nameOfMasterKey } from '../sealing/master-key.ts';
import { type Sealing, sealingOf } from '../sealing/open-sealing.ts';
import { rotationState } from '../sealing/rotation/rotate-wraps.ts';
import { openToRead, type ReadingStore } from '../store/dump/open-to-read.ts';
import { newestSchema } from '../store/dump/restore-into.ts';
import type { Stores } from '../store/store.ts';
import { contentReaders } from './content-readers.ts';
import { masterKeySourceOf, storeOptionsOf } from './settings.ts';

/** @throws Error with one line for the operator where the installation cannot be checked */
export async function examine(config: ManagerConfig): Promise<Examination> {
  const options = storeOptionsOf(config);
  const source = masterKeySourceOf(config);
  const usesFile = source.fromEnvironment === undefined && source.file === undefined;
  const database = options.kind === 'sqlite' ? ['', '-wal', '-shm'].map((end) => options.path + end) : [];
  const keyFiles = usesFile
    ? ['', '.old', '.new'].map((end) => join(config.dataDir, `master.key${end}`))
    : [];
  const store = await openToRead(options);
  try {
    const paths = { dataDir: config.dataDir, privateFiles: [...database, ...keyFiles] };
    const machine = await checkMachine(paths);
    const { schemaVersion } = store;
    if (schemaVersion < newestSchema) return merged([machine, outdated(schemaVersion)]);
    const masterKey = await loadMasterKey(source, { mayCreate: false }).catch((error: Error) => error);
    return await store.read(async (stores) => {
      const damage = await checkIntegrity(stores);
      if (damage.length > 0) return merged([machine, { findings: damage, looked: {} }]);
      const now = new Date();
      const managerRuns = (await stores.managers.alive()).length > 0;
      return merged([
        machine,
        await checkDatabase(stores, { schemaVersion, newestSchema, now }),
        masterKey instanceof Error
          ? { findings: [keyFinding(masterKey)], looked: {} }
          : await checkSealed(stores, {
              masterKey,
              called: nameOfMasterKey(source),
              store,
              caching: config.caching,
            }),
        { findings: await checkMemory(stores, await recordsOf(stores)), looked: {} },
        await checkManagers(stores),
        await checkNodes(stores, managerRuns),
        await checkKeys(stores, now),
        await checkRings(stores),
        await checkApplications(stores),
        await checkOutlets(stores),
        await checkWebhooks(stores),
        { findings: [], looked: { 'manager runs': managerRuns ? 'yes' : 'no' } },
      ]);
    });
  } finally {
    await store.close();
  }
}

interface Keyed {
  readonly masterKey: Buffer;
  readonly called: string;
  readonly store: Pick<ReadingStore, 'protect'>;
  readonly caching: ManagerConfig['caching'];
}

async function checkSealed(
  stores: Stores,
  { masterKey, called, store, caching }: Keyed,
): Promise<Examination> {
  const dataKeys = await stores.dataKeys.list();
  let sealing: Sealing;
  try {
    sealing = sealingOf(dataKeys, masterKey, called);
  } catch (error) {
    return { findings: [keyFinding(error as Error)], looked: {} };
  }
  const findings: Finding[] = [];
  if (rotationState(dataKeys) === 'begun') {
    findings.push({
      topic: 'seals',
      severity: 'warning',
      summary: 'An unfinished rotation of the master key',
      problem: 'A rotation of the master key is not finished: two keys open everything.',
      advice:
        'Start all managers with the new key, then run `keyplane rotate-master-key --finish` (or --undo).',
    });
  }
  const { opened, broken, brokenTotal } = await checkSeals(stores, sealing.sealer);
  for (const { table, id, member } of broken) {
    findings.push({
      topic: 'seals',
      severity: 'error',
      summary: 'Encrypted values that do not open',
      problem: `The sealed value in ${table} ${id} (${member}) does not open: it was altered, or copied from another row.`,
      advice: 'Store the key again, or restore an earlier backup.',
    });
  }
  const audit = createAuditLog({ key: sealing.auditKey, clock: () => new Date() });
  const broke = await audit.verify(stores);
  if (broke) {
    findings.push({
      topic: 'audit',
      severity: 'error',
      summary: 'A broken audit log',
      problem: `The audit log is broken at ${broke.brokenAt}: a record was altered, removed or inserted.`,
      advice: foreignWrite,
    });
  }
  const looked = { 'sealed values': opened + brokenTotal, 'audit records': await recordsOf(stores) };
  const atRest = await checkIntegrityAtRest(stores, sealing, store);
  // What does not open is among the broken ones.
  const readers = contentReaders(sealing.sealer, caching, () => undefined);
  return merged([
    { findings, looked },
    atRest,
    { findings: await checkContents(stores, readers), looked: {} },
  ]);
}

/** Those that are not in the chain yet included. */
async function recordsOf({ audit }: Stores): Promise<number> {
  return (await audit.head()).sequence + (await audit.countOpen());
}

async function checkIntegrityAtRest(
  stores: Stores,
  { integrity }: Sealing,
  store: Keyed['store'],
): Promise<Examination> {
  if (integrity === undefined) {
    const finding: Finding = {
      topic: 'integrity',
      severity: 'error',
      summary: 'No integrity key',
      problem: 'The database has no integrity key, so it cannot be checked which rows keyplane wrote.',
      advice: 'A manager creates it at its first start. If one has run, restore a complete backup.',
    };
    return { findings: [finding], looked: {} };
  }
  store.protect(integrity);
  return checkMacs(stores);
}

function keyFinding({ message }: Error): Finding {
  return {
    topic: 'seals',
    severity: 'error',
    summary: 'A master key that does not fit',
    problem: message,
    advice: 'Without the master key no encrypted value can be checked, and no manager starts.',
  };
}

function outdated(schemaVersion: number): Examination {
  const finding: Finding = {
    topic: 'database',
    severity: 'error',
    summary: 'An outdated database schema',
    problem: `The database has schema version ${schemaVersion}, this keyplane has ${newestSchema}.`,
    advice: 'Start a manager of this version, which migrates the database; then repeat this check.',
  };
  return { findings: [finding], looked: {} };
}

function merged(examinations: readonly Examination[]): Examination {
  return {
    findings: examinations.flatMap(({ findings }) => findings),
    looked: Object.assign({}, ...examinations.map(({ looked }) => looked)),
  };
}
