// Looks into a manager's database past the manager: is everything whole that must be whole together?

import { join } from 'node:path';
import { createAuditLog } from '../../src/audit/create-audit-log.ts';
import { addDigest, emptyDigest } from '../../src/protocol/state-digest.ts';
import { openSealing } from '../../src/sealing/open-sealing.ts';
import { openStore, type Store, type Stores } from '../../src/store/store.ts';

/** The database of this data directory, or the one of the URL. The caller closes it. */
export function openInstallation(dataDir: string, databaseUrl?: string): Promise<Store> {
  return openStore(
    databaseUrl === undefined
      ? { kind: 'sqlite', path: join(dataDir, 'keyplane.db') }
      : { kind: 'postgres', url: databaseUrl },
  );
}

export interface Inspection {
  /** Names of all JWKs that are stored. */
  readonly names: ReadonlySet<string>;
  /** Each a sentence on what is not whole. */
  readonly broken: readonly string[];
}

/** Every JWK with its audit record and its desired rows, digests that add up, an audit chain without a gap. */
export async function inspect(store: Store, dataDir: string): Promise<Inspection> {
  const masterKeyFile = join(dataDir, 'master.key');
  const source = { fromEnvironment: undefined, file: undefined, defaultFile: masterKeyFile };
  const { auditKey } = await openSealing(store, source);
  const audit = createAuditLog({ key: auditKey, clock: () => new Date() });
  return store.read(async (stores) => {
    const broken: string[] = [];
    const chain = await audit.verify(stores);
    if (chain !== undefined) broken.push(`the audit chain is broken at record ${chain.brokenAt}`);
    const names = new Map<string, string>();
    for (const { id } of await stores.projects.list()) {
      for (const [jwkId, name] of await jwksOf(stores, id)) names.set(jwkId, name);
    }
    broken.push(...(await againstAudit(stores, names)), ...(await againstDesired(stores, names)));
    return { names: new Set(names.values()), broken };
  });
}

const pageSize = 500;

async function jwksOf(stores: Stores, projectId: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (let after = ''; ; ) {
    const page = await stores.jwks.listOfProject(projectId, after, pageSize);
    for (const { id, name } of page) found.set(id, name);
    const last = page.at(-1);
    if (last === undefined || page.length < pageSize) return found;
    after = last.id;
  }
}

/** What the audit record says exists is what exists. */
async function againstAudit(stores: Stores, names: ReadonlyMap<string, string>): Promise<string[]> {
  const recorded = new Set<string>();
  for (let after = 0; ; ) {
    const page = await stores.audit.list(after, pageSize);
    for (const { action, objectId, outcome } of page) {
      if (outcome !== 'SUCCESS' || objectId === null) continue;
      if (action === 'jwk.create') recorded.add(objectId);
      if (action === 'jwk.delete') recorded.delete(objectId);
    }
    const last = page.at(-1);
    if (last === undefined) break;
    after = last.sequence;
  }
  // Not in the chain yet.
  for (const { action, objectId } of await stores.audit.listOpen(await stores.audit.countOpen())) {
    if (action === 'jwk.create' && objectId !== null) recorded.add(objectId);
  }
  const unrecorded = [...names].filter(([id]) => !recorded.has(id));
  const unstored = [...recorded].filter((id) => !names.has(id));
  return [
    ...unrecorded.map(([, name]) => `JWK ${name} has no audit record`),
    ...unstored.map((id) => `the audit record tells of a JWK (${id}) that is not there`),
  ];
}

async function againstDesired(stores: Stores, names: ReadonlyMap<string, string>): Promise<string[]> {
  const broken: string[] = [];
  for (const { id, name: environment } of await stores.environments.list()) {
    const desired = new Set<string>();
    let sum = emptyDigest;
    let highest = 0;
    for (;;) {
      const page = await stores.desired.present(id, highest, pageSize);
      for (const { objectId, digest } of page) {
        desired.add(objectId);
        if (digest !== null) sum = addDigest(sum, digest);
      }
      const last = page.at(-1);
      if (last === undefined) break;
      highest = last.revision;
    }
    const state = await stores.desired.state(id);
    if (!sum.equals(state.digest)) broken.push(`the digest of ${environment} does not add up`);
    if (highest > state.revision) broken.push(`${environment} has rows beyond its revision`);
    for (const [jwkId, name] of names)
      if (!desired.has(jwkId)) broken.push(`${environment} does not desire ${name}`);
    for (const jwkId of desired)
      if (!names.has(jwkId)) broken.push(`${environment} desires what is not there (${jwkId})`);
  }
  return broken;
}
