import { type Selectable, sql } from 'kysely';
import { alteredInDatabase } from '../../errors.ts';
import type { FormerLimits, KeyRing, RequestedActivation, RingPolicy } from '../../rings/ring.ts';
import type {
  KeyRingStore,
  MemberJwk,
  Revocation,
  RingExamination,
  RingLease,
  RingListQuery,
} from '../../rings/ring-store.ts';
import type { Database, KeyRingRevocationRow, KeyRingRow } from '../database-schema.ts';
import type { RowGuard } from '../integrity/row-guard.ts';
import { type KeyRingColumns, keyRingParts } from '../integrity/row-macs.ts';
import { statement } from '../statement.ts';
import { dateOrNull, flag, timeOrNull } from './column-values.ts';
import { databaseNow } from './database-clock.ts';
import { inChunks, inOrderOf } from './in-chunks.ts';
import type { JwkTable } from './jwk-table.ts';
import { namedPage } from './named-page.ts';

type Row = Selectable<KeyRingRow>;
/** What `update` writes: all that can change but what the scheduler found. */
type Written = Omit<KeyRingColumns, 'project_id' | 'created_at'> & { mac: Buffer; examine_at: number | null };

const findOne = statement((db, key: { projectId: string; name: string }) =>
  db.selectFrom('key_rings').selectAll().where('project_id', '=', key.projectId).where('name', '=', key.name),
);
const getOne = statement((db, key: { id: string }) =>
  db.selectFrom('key_rings').selectAll().where('id', '=', key.id),
);
const listIds = statement((db, page: { projectId: string; afterId: string; limit: number }) =>
  db
    .selectFrom('key_rings')
    .select('id')
    .where('project_id', '=', page.projectId)
    .where('id', '>', page.afterId)
    .orderBy('id')
    .limit(page.limit),
);
const listDue = statement((db, page: { now: number; limit: number }) =>
  db
    .selectFrom('key_rings')
    .selectAll()
    .where('examine_at', '<=', page.now)
    .orderBy('examine_at')
    .orderBy('id')
    .limit(page.limit),
);
const listSignature = statement((db, page: { projectId: string; limit: number }) =>
  db
    .selectFrom('key_rings')
    .selectAll()
    .where('project_id', '=', page.projectId)
    .where('use', '=', 'sig')
    .where('type', '<>', 'OCT')
    .orderBy('id')
    .limit(page.limit),
);
const listAll = statement((db, page: { afterId: string; limit: number }) =>
  db.selectFrom('key_rings').selectAll().where('id', '>', page.afterId).orderBy('id').limit(page.limit),
);
const listPolicies = statement((db, _: object) =>
  db.selectFrom('key_rings').select(['project_id', 'environment_ids', 'policy']).distinct(),
);
const examineAll = statement((db, to: { at: number }) =>
  db.updateTable('key_rings').set({ examine_at: to.at }).where('examine_at', '>', to.at),
);
const insertOne = statement((db, row: Omit<Row, 'state' | 'late_since'>) =>
  db.insertInto('key_rings').values(row),
);
const updateOne = statement((db, { id, ...columns }: Written) =>
  db.updateTable('key_rings').set(columns).where('id', '=', id),
);
const examineOne = statement(
  (db, { id, ...columns }: Pick<Row, 'id' | 'examine_at' | 'state' | 'late_since'>) =>
    db.updateTable('key_rings').set(columns).where('id', '=', id),
);
const findExamination = statement((db, key: { id: string }) =>
  db.selectFrom('key_rings').select(['state', 'late_since']).where('id', '=', key.id),
);
const examineNext = statement((db, { id, examine_at }: Pick<Row, 'id' | 'examine_at'>) =>
  db.updateTable('key_rings').set({ examine_at }).where('id', '=', id),
);
const deleteOne = statement((db, key: { id: string }) => db.deleteFrom('key_rings').where('id', '=', key.id));

const listMemberIds = statement((db, key: { ringId: string }) =>
  db.selectFrom('jwks').select('id').where('ring_id', '=', key.ringId).orderBy('ring_version'),
);

const insertRevocation = statement((db, row: KeyRingRevocationRow) =>
  db.insertInto('key_ring_revocations').values(row),
);
const updateRevocation = statement((db, { id, ...columns }: KeyRingRevocationRow) =>
  db.updateTable('key_ring_revocations').set(columns).where('id', '=', id),
);
const findRevocation = statement((db, key: { ringId: string; id: string }) =>
  db
    .selectFrom('key_ring_revocations')
    .selectAll()
    .where('id', '=', key.id)
    .where('ring_id', '=', key.ringId),
);
const listRevocations = statement((db, key: { ringId: string }) =>
  db
    .selectFrom('key_ring_revocations')
    .selectAll()
    .where('ring_id', '=', key.ringId)
    .orderBy('revoked_at', 'desc')
    .orderBy('id', 'desc'),
);
const listRevokedKids = statement((db, key: { ringId: string }) =>
  db
    .selectFrom('key_ring_revocations')
    .select(['id', 'kids'])
    .where('ring_id', '=', key.ringId)
    .orderBy('revoked_at', 'desc')
    .orderBy('id', 'desc'),
);
const listOpenOfRing = statement((db, key: { ringId: string }) =>
  db
    .selectFrom('key_ring_revocations')
    .selectAll()
    .where('ring_id', '=', key.ringId)
    .where(sql<boolean>`done = 0`)
    .orderBy('revoked_at', 'desc')
    .orderBy('id', 'desc'),
);
const listOpen = statement((db, page: { limit: number }) =>
  db
    .selectFrom('key_ring_revocations')
    .selectAll()
    // Written out, as the condition of its index has it.
    .where(sql<boolean>`done = 0`)
    .orderBy('revoked_at')
    .limit(page.limit),
);

const ringsPerPage = 128;

const findNext = statement((db, _: object) =>
  db.selectFrom('key_rings').select((e) => e.fn.min('examine_at').as('at')),
);

export class KeyRingTable implements KeyRingStore {
  readonly #database: Database;
  readonly #guard: RowGuard;
  readonly #jwks: JwkTable;

  constructor(database: Database, guard: RowGuard, jwks: JwkTable) {
    this.#database = database;
    this.#guard = guard;
    this.#jwks = jwks;
  }

  async now(): Promise<Date> {
    const { rows } = await sql<{ now: number }>`select ${databaseNow(this.#database)} as now`.execute(
      this.#database,
    );
    return new Date(Number(rows[0]?.now));
  }

  async find(projectId: string, name: string): Promise<KeyRing | undefined> {
    const row = await findOne.first(this.#database, { projectId, name });
    return row && this.#ringOf(row);
  }

  async getMany(ids: readonly string[]): Promise<readonly KeyRing[]> {
    return inOrderOf(
      ids,
      (chunk) => this.#database.selectFrom('key_rings').selectAll().where('id', 'in', chunk).execute(),
      (row) => this.#ringOf(row),
    );
  }

  async list(
    projectId: string,
    query: RingListQuery,
  ): Promise<{ readonly rings: readonly KeyRing[]; readonly total: number }> {
    let matching = this.#database.selectFrom('key_rings').where('project_id', '=', projectId);
    const { unusedSince } = query;
    if (unusedSince !== undefined) {
      const since = unusedSince.getTime();
      matching = matching.where('created_at', '<=', since).where(
        sql<boolean>`not exists (select 1 from jwks join key_usage on key_usage.jwk_id = jwks.id
  where jwks.ring_id = key_rings.id and key_usage.outcome = 'SUCCEEDED' and key_usage.last_used_at > ${since})`,
      );
    }
    const { rows, total } = await namedPage(matching, query);
    return { rings: rows.map((row) => this.#ringOf(row)), total };
  }

  async idsOfProject(projectId: string, afterId: string, limit: number): Promise<readonly string[]> {
    return (await listIds.all(this.#database, { projectId, afterId, limit })).map(({ id }) => id);
  }

  async due(now: Date, limit: number): Promise<readonly KeyRing[]> {
    const rows = await listDue.all(this.#database, { now: now.getTime(), limit });
    return rows.map((row) => this.#ringOf(row));
  }

  async nextExamination(): Promise<Date | null> {
    return dateOrNull((await findNext.first(this.#database, {}))?.at ?? null);
  }

  async signatureRings(projectId: string, limit: number): Promise<readonly KeyRing[]> {
    const rows = await listSignature.all(this.#database, { projectId, limit });
    return rows.map((row) => this.#ringOf(row));
  }

  async examineAll(at: Date): Promise<void> {
    await examineAll.run(this.#database, { at: at.getTime() });
  }

  async holdAll(cause: 'RESTORED'): Promise<number> {
    let count = 0;
    const now = await this.now();
    for (let afterId = ''; ; ) {
      const rows = await listAll.all(this.#database, { afterId, limit: ringsPerPage });
      for (const row of rows) {
        const ring = this.#ringOf(row);
        // A valid MAC would make it look like a row of keyplane.
        if (ring.altered) continue;
        const held = { ...ring, heldBecause: cause, rotateRequestedAt: null, requestedActivation: null };
        // The restore has the audit record, so the row goes on counting from its own.
        await this.#write({ ...held, examineAt: now }, row.audit_sequence);
        count += 1;
      }
      const last = rows.at(-1);
      if (!last || rows.length < ringsPerPage) break;
      afterId = last.id;
    }
    await this.#publishAgain();
    return count;
  }

  /** Nodes may lack what the backup says they had: members count as published once they confirm again. */
  async #publishAgain(): Promise<void> {
    const heads = await this.#database
      .selectFrom('environment_states')
      .select(['environment_id', 'revision'])
      .execute();
    const revisions = Object.fromEntries(heads.map((head) => [head.environment_id, Number(head.revision)]));
    const waiting = [...(await this.#jwks.listInState('STAGED')), ...(await this.#jwks.listInState('NEXT'))];
    for (const jwk of waiting) {
      if (jwk.altered || !jwk.member) continue;
      const member = { ...jwk.member, revisions, publishedAt: null, readyAt: null };
      await this.#jwks.update({ ...jwk, member });
    }
  }

  async insert(ring: KeyRing): Promise<void> {
    if (ring.altered) throw alteredInDatabase(`Key ring (name: ${ring.name})`);
    const row = columnsOf(ring, await this.#guard.auditSequence());
    const examine_at = timeOrNull(ring.examineAt);
    await insertOne.run(this.#database, { ...row, mac: this.#guard.mac(keyRingParts(row)), examine_at });
  }

  async update(ring: KeyRing): Promise<void> {
    // Written again as it is, it would get a MAC that is right.
    if (ring.altered) throw alteredInDatabase(`Key ring (name: ${ring.name})`);
    const before = await getOne.first(this.#database, { id: ring.id });
    if (!before) return;
    const same = keyRingParts(columnsOf(ring, before.audit_sequence));
    if (before.mac !== null && this.#guard.mac(same).equals(before.mac)) {
      // No audit record is about when it is examined next.
      await examineNext.run(this.#database, { id: ring.id, examine_at: timeOrNull(ring.examineAt) });
    } else await this.#write(ring, await this.#guard.auditSequence());
  }

  async #write(ring: KeyRing, auditSequence: number): Promise<void> {
    const row = columnsOf(ring, auditSequence);
    const mac = this.#guard.mac(keyRingParts(row));
    const { project_id: _project, created_at: _created, ...columns } = row;
    await updateOne.run(this.#database, { ...columns, mac, examine_at: timeOrNull(ring.examineAt) });
  }

  async examined(id: string, { examineAt, state, lateSince }: RingExamination): Promise<void> {
    const columns = { examine_at: timeOrNull(examineAt), state, late_since: timeOrNull(lateSince) };
    await examineOne.run(this.#database, { id, ...columns });
  }

  async examination(id: string) {
    const row = await findExamination.first(this.#database, { id });
    if (!row || row.state === null) return undefined;
    return { state: row.state, lateSince: dateOrNull(row.late_since) };
  }

  async nodeRemovedAt(environmentIds: readonly string[]): Promise<Date | null> {
    let latest: number | null = null;
    for (const chunk of inChunks(environmentIds)) {
      const row = await this.#database
        .selectFrom('environments')
        .select((e) => e.fn.max('node_removed_at').as('at'))
        .where('id', 'in', chunk)
        .executeTakeFirst();
      const at = row?.at ?? null;
      if (at !== null) latest = Math.max(latest ?? 0, Number(at));
    }
    return dateOrNull(latest);
  }

  async signingLeases(): Promise<readonly RingLease[]> {
    return (await listPolicies.all(this.#database, {})).map((row) => ({
      projectId: row.project_id,
      environmentIds: row.environment_ids === null ? null : JSON.parse(row.environment_ids),
      signingLease: (JSON.parse(row.policy) as RingPolicy).signingLease,
    }));
  }

  async delete(id: string): Promise<void> {
    await deleteOne.run(this.#database, { id });
  }

  async memberIds(ringId: string): Promise<readonly string[]> {
    return (await listMemberIds.all(this.#database, { ringId })).map(({ id }) => id);
  }

  async members(ringId: string): Promise<readonly MemberJwk[]> {
    const jwks = await this.#jwks.listOfRing(ringId);
    return jwks.filter((jwk): jwk is MemberJwk => jwk.member !== undefined);
  }

  async insertRevocation(revocation: Revocation): Promise<void> {
    await insertRevocation.run(this.#database, revocationRow(revocation));
  }

  async updateRevocation(revocation: Revocation): Promise<void> {
    await updateRevocation.run(this.#database, revocationRow(revocation));
  }

  async findRevocation(ringId: string, id: string): Promise<Revocation | undefined> {
    const row = await findRevocation.first(this.#database, { ringId, id });
    return row && revocationOf(row);
  }

  async revocations(ringId: string): Promise<readonly Revocation[]> {
    return (await listRevocations.all(this.#database, { ringId })).map(revocationOf);
  }

  async revokedKids(ringId: string): Promise<readonly Pick<Revocation, 'id' | 'kids'>[]> {
    const rows = await listRevokedKids.all(this.#database, { ringId });
    return rows.map(({ id, kids }) => ({ id, kids: JSON.parse(kids) }));
  }

  async openRevocationsOf(ringId: string): Promise<readonly Revocation[]> {
    return (await listOpenOfRing.all(this.#database, { ringId })).map(revocationOf);
  }

  async openRevocations(limit: number): Promise<readonly Revocation[]> {
    return (await listOpen.all(this.#database, { limit })).map(revocationOf);
  }

  #ringOf(row: Row): KeyRing {
    const ring = ringOf(row);
    return this.#guard.isAltered(keyRingParts(row), row.mac) ? { ...ring, altered: true } : ring;
  }
}

function ringOf(row: Row): KeyRing {
  const policy = JSON.parse(row.policy) as Omit<RingPolicy, 'environmentIds'>;
  return {
    id: row.id,
    projectId: row.project_id,
    name: row.name,
    description: row.description,
    type: row.type,
    use: row.use,
    parameters: JSON.parse(row.parameters),
    policy: {
      rotationInterval: policy.rotationInterval,
      maxTokenLifetime: policy.maxTokenLifetime,
      verifierCacheTime: policy.verifierCacheTime,
      clockSkew: policy.clockSkew,
      signingLease: policy.signingLease,
      exportable: policy.exportable,
      environmentIds: row.environment_ids === null ? null : JSON.parse(row.environment_ids),
    },
    formerLimits: row.former_limits === null ? null : formerLimitsOf(row.former_limits),
    nextVersion: row.next_version,
    heldBecause: row.held_because,
    rotateRequestedAt: dateOrNull(row.rotate_requested_at),
    requestedActivation:
      row.requested_activation === null
        ? null
        : (JSON.parse(row.requested_activation) as RequestedActivation),
    resumedAt: dateOrNull(row.resumed_at),
    examineAt: dateOrNull(row.examine_at),
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
  };
}

function formerLimitsOf(text: string): FormerLimits {
  const { until, ...limits } = JSON.parse(text) as Omit<FormerLimits, 'until'> & {
    readonly until: string | null;
  };
  return { ...limits, until: until === null ? null : new Date(until) };
}

function columnsOf(ring: KeyRing, auditSequence: number): KeyRingColumns {
  const { environmentIds, rotationInterval, maxTokenLifetime, verifierCacheTime, ...others } = ring.policy;
  const { clockSkew, signingLease, exportable } = others;
  // In one order, so that the text of a policy depends on its values alone.
  const policy: Omit<RingPolicy, 'environmentIds'> = {
    rotationInterval,
    maxTokenLifetime,
    verifierCacheTime,
    clockSkew,
    signingLease,
    exportable,
  };
  return {
    id: ring.id,
    project_id: ring.projectId,
    name: ring.name,
    description: ring.description,
    type: ring.type,
    use: ring.use,
    parameters: JSON.stringify(ring.parameters),
    policy: JSON.stringify(policy),
    environment_ids: environmentIds === null ? null : JSON.stringify(environmentIds),
    former_limits: ring.formerLimits === null ? null : JSON.stringify(ring.formerLimits),
    next_version: ring.nextVersion,
    held_because: ring.heldBecause,
    rotate_requested_at: timeOrNull(ring.rotateRequestedAt),
    requested_activation: ring.requestedActivation === null ? null : JSON.stringify(ring.requestedActivation),
    resumed_at: timeOrNull(ring.resumedAt),
    created_at: ring.createdAt.getTime(),
    updated_at: ring.updatedAt.getTime(),
    audit_sequence: auditSequence,
  };
}

function revocationOf(row: KeyRingRevocationRow): Revocation {
  return {
    id: row.id,
    ringId: row.ring_id,
    kids: JSON.parse(row.kids),
    reason: row.reason,
    comment: row.comment,
    revokedAt: new Date(row.revoked_at),
    activatedBeforeReady: row.activated_before_ready === 1,
    revisions: JSON.parse(row.revisions),
    safe: JSON.parse(row.safe),
    done: row.done === 1,
    nodesSafeAt: dateOrNull(row.nodes_safe_at),
  };
}

function revocationRow(revocation: Revocation): KeyRingRevocationRow {
  return {
    id: revocation.id,
    ring_id: revocation.ringId,
    kids: JSON.stringify(revocation.kids),
    reason: revocation.reason,
    comment: revocation.comment,
    revoked_at: revocation.revokedAt.getTime(),
    activated_before_ready: flag(revocation.activatedBeforeReady),
    revisions: JSON.stringify(revocation.revisions),
    safe: JSON.stringify(revocation.safe),
    done: flag(revocation.done),
    nodes_safe_at: timeOrNull(revocation.nodesSafeAt),
  };
}
