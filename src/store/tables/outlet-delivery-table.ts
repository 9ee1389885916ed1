import type { Insertable, Selectable } from 'kysely';
import { sql } from 'kysely';
import type { OutletDelivery, OutletDeliveryStore } from '../../outlets/outlet-store.ts';
import type { Database } from '../database-schema.ts';
import type { OutletDeliveryRow } from '../outlet-rows.ts';
import { dateOrNull, timeOrNull } from './column-values.ts';
import { databaseNow } from './database-clock.ts';
import { inChunks, inChunksOnce } from './in-chunks.ts';

export class OutletDeliveryTable implements OutletDeliveryStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async ofOutlets(outletIds: readonly string[]): Promise<readonly OutletDelivery[]> {
    const found = new Map<string, OutletDelivery>();
    for (const chunk of inChunks(outletIds)) {
      const rows = await this.#database
        .selectFrom('outlet_deliveries')
        .selectAll()
        .where('outlet_id', 'in', chunk)
        .execute();
      for (const row of rows) {
        found.set(`${row.outlet_id}/${row.environment_id}/${row.node_id}`, deliveryOf(row));
      }
    }
    return [...found.values()];
  }

  async put(deliveries: readonly Omit<OutletDelivery, 'updatedAt'>[]): Promise<void> {
    for (const chunk of inChunksOnce(deliveries)) {
      await this.#database
        .insertInto('outlet_deliveries')
        .values(
          chunk.map((delivery) => ({ ...columnsOf(delivery), updated_at: databaseNow(this.#database) })),
        )
        .onConflict((conflict) =>
          conflict.columns(['outlet_id', 'environment_id', 'node_id']).doUpdateSet((e) => ({
            revision: e.ref('excluded.revision'),
            digest: e.ref('excluded.digest'),
            state: e.ref('excluded.state'),
            delivered_at: e.ref('excluded.delivered_at'),
            attempts: e.ref('excluded.attempts'),
            last_error: e.ref('excluded.last_error'),
            generation: e.ref('excluded.generation'),
            remote_version: e.ref('excluded.remote_version'),
            updated_at: e.ref('excluded.updated_at'),
          })),
        )
        .execute();
    }
  }

  async writesOf(outletIds: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
    const found = new Map<string, readonly string[]>();
    for (const chunk of inChunks(outletIds)) {
      const rows = await this.#database
        .selectFrom('outlet_writes')
        .selectAll()
        .where('outlet_id', 'in', chunk)
        .execute();
      for (const row of rows) found.set(row.outlet_id, JSON.parse(row.digests));
    }
    return found;
  }

  async putWrites(outletId: string, digests: readonly string[]): Promise<void> {
    if (digests.length === 0) {
      await this.#database.deleteFrom('outlet_writes').where('outlet_id', '=', outletId).execute();
      return;
    }
    await this.#database
      .insertInto('outlet_writes')
      .values({ outlet_id: outletId, digests: JSON.stringify(digests) })
      .onConflict((conflict) =>
        conflict.column('outlet_id').doUpdateSet((e) => ({ digests: e.ref('excluded.digests') })),
      )
      .execute();
  }

  async deleteOutside(outletId: string, environmentIds: readonly string[]): Promise<void> {
    await sql`delete from outlet_deliveries where outlet_id = ${outletId}
${environmentIds.length === 0 ? sql`` : sql`and environment_id not in (${sql.join([...environmentIds])})`}`.execute(
      this.#database,
    );
  }
}

function deliveryOf(row: Selectable<OutletDeliveryRow>): OutletDelivery {
  return {
    outletId: row.outlet_id,
    environmentId: row.environment_id,
    nodeId: row.node_id,
    revision: Number(row.revision),
    digest: row.digest,
    state: row.state,
    deliveredAt: dateOrNull(row.delivered_at),
    attempts: Number(row.attempts),
    lastError: row.last_error,
    generation: Number(row.generation),
    remoteVersion: row.remote_version === null ? null : Number(row.remote_version),
    updatedAt: new Date(row.updated_at),
  };
}

function columnsOf(
  delivery: Omit<OutletDelivery, 'updatedAt'>,
): Omit<Insertable<OutletDeliveryRow>, 'updated_at'> {
  return {
    outlet_id: delivery.outletId,
    environment_id: delivery.environmentId,
    node_id: delivery.nodeId,
    revision: delivery.revision,
    digest: delivery.digest,
    state: delivery.state,
    delivered_at: timeOrNull(delivery.deliveredAt),
    attempts: delivery.attempts,
    last_error: delivery.lastError,
    generation: delivery.generation ?? 0,
    remote_version: delivery.remoteVersion ?? null,
  };
}
