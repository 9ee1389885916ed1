import { sql } from 'kysely';
import type { Sealed } from '../../../sealing/sealed.ts';
import type {
  SealedPlace,
  SealedReplacement,
  SealedRow,
  SealedRowStore,
} from '../../../sealing/sealed-place.ts';
import type { Database } from '../../tables.ts';

/** The columns that make up a row's id, as bindings spell it: with `/` between. */
const idColumns: Readonly<Record<SealedPlace['table'], readonly string[]>> = Object.freeze({
  jwks: ['id'],
  crypto_key_environments: ['material_id', 'environment_id'],
  keystore_environments: ['material_id', 'environment_id'],
  identity_keys: ['id'],
});

export class SealedRowTable implements SealedRowStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async list(place: SealedPlace, afterId: string, limit: number): Promise<readonly SealedRow[]> {
    const { table, members } = place;
    const key = idColumns[table];
    const keys = sql.join(key.map((column) => sql.ref(column)));
    const columns = sql.join([...key, ...members].map((column) => sql.ref(column)));
    const anything = sql.join(
      members.map((member) => sql`${sql.ref(member)} is not null`),
      sql` or `,
    );
    const after = afterId === '' ? sql`` : sql`and (${keys}) > (${sql.join(afterId.split('/'))})`;
    const { rows } = await sql<Record<string, string | Sealed | null>>`select ${columns}
from ${sql.table(table)} where (${anything}) ${after} order by ${keys} limit ${limit}`.execute(
      this.#database,
    );
    return rows.map((row) => ({
      id: key.map((column) => row[column]).join('/'),
      values: members.flatMap((member) => {
        const sealed = row[member];
        return Buffer.isBuffer(sealed) ? [{ member, sealed: sealed as Sealed }] : [];
      }),
    }));
  }

  async replace(
    { table }: SealedPlace,
    id: string,
    { member, from, to }: SealedReplacement,
  ): Promise<boolean> {
    const parts = id.split('/');
    const isRow = sql.join(
      idColumns[table].map((column, place) => sql`${sql.ref(column)} = ${parts[place]}`),
      sql` and `,
    );
    const column = sql.ref(member);
    const { numAffectedRows } = await sql`update ${sql.table(table)}
set ${column} = ${to} where ${isRow} and ${column} = ${from}`.execute(this.#database);
    return (numAffectedRows ?? 0n) > 0n;
  }
}
