import { ok } from 'node:assert/strict';
import { sql } from 'kysely';
import type { Sealed } from '../../sealing/sealed.ts';
import type {
  SealedPlace,
  SealedReplacement,
  SealedRow,
  SealedRowStore,
} from '../../sealing/sealed-place.ts';
import type { Database } from '../database-schema.ts';

interface SealedColumns extends SealedPlace {
  /** Columns that make up a row's id, as bindings spell it: with `/` between. */
  readonly key: readonly string[];
  /** Columns; each holds a sealed value or nothing. */
  readonly members: readonly string[];
}

const ofEnvironment = ['material_id', 'environment_id'];
const places: readonly SealedColumns[] = Object.freeze([
  { purpose: 'jwk', table: 'jwks', key: ['id'], members: ['private_members'] },
  { purpose: 'key', table: 'crypto_key_environments', key: ofEnvironment, members: ['content'] },
  {
    purpose: 'keystore',
    table: 'keystore_environments',
    key: ofEnvironment,
    members: ['file', 'password', 'key_password', 'key_passwords'],
  },
  { purpose: 'outlet', table: 'outlets', key: ['id'], members: ['credential'] },
  { purpose: 'identity', table: 'identity_keys', key: ['id'], members: ['private_key'] },
]);

function columnsOf({ table }: SealedPlace): SealedColumns {
  const found = places.find((place) => place.table === table);
  ok(found, 'a place of this store');
  return found;
}

export class SealedRowTable implements SealedRowStore {
  readonly places = places;
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async list(place: SealedPlace, afterId: string, limit: number): Promise<readonly SealedRow[]> {
    const { table, key, members } = columnsOf(place);
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

  async replace(place: SealedPlace, id: string, { member, from, to }: SealedReplacement): Promise<boolean> {
    const { table, key } = columnsOf(place);
    const parts = id.split('/');
    const isRow = sql.join(
      key.map((column, index) => sql`${sql.ref(column)} = ${parts[index]}`),
      sql` and `,
    );
    const column = sql.ref(member);
    const { numAffectedRows } = await sql`update ${sql.table(table)}
set ${column} = ${to} where ${isRow} and ${column} = ${from}`.execute(this.#database);
    return (numAffectedRows ?? 0n) > 0n;
  }
}
