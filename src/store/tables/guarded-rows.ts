import { sql } from 'kysely';
import type { MacPart } from '../../sealing/integrity.ts';
import type {
  CertificateEnvironmentRow,
  CryptoKeyEnvironmentRow,
  Database,
  KeystoreEnvironmentRow,
  MaterialRow,
} from '../database-schema.ts';
import {
  applicationParts,
  desiredObjectParts,
  headParts,
  jwkParts,
  keyRingParts,
  type MacOf,
  materialParts,
} from '../integrity/row-macs.ts';
import * as certificates from './certificate-table.ts';
import * as cryptoKeys from './crypto-key-table.ts';
import * as keystores from './keystore-table.ts';

/** Tables of which each row has a MAC. */
export const guardedTables = Object.freeze([
  'jwks',
  'certificate_environments',
  'crypto_key_environments',
  'keystore_environments',
  'desired_objects',
  'environment_states',
  'key_rings',
  'applications',
] as const);
export type GuardedTable = (typeof guardedTables)[number];

/** A row by its key, and what its MAC covers. */
export interface GuardedRow {
  readonly table: GuardedTable;
  /** By column. */
  readonly key: Readonly<Record<string, string | number>>;
  readonly of: MacOf;
  readonly mac: Buffer | null;
}

/** A page takes a few milliseconds to read and check. */
const pageRows = 128;

/** Every row that has a MAC or should have one, in pages. */
export async function* guardedRows(database: Database): AsyncGenerator<readonly GuardedRow[]> {
  yield* jwkRows(database);
  yield* materialRows(database);
  yield* desiredRows(database);
  yield await stateRows(database);
  yield* ringRows(database);
  yield* applicationRows(database);
}

async function* jwkRows(database: Database): AsyncGenerator<readonly GuardedRow[]> {
  for (let after = ''; ; ) {
    const rows = await database
      .selectFrom('jwks')
      .selectAll()
      .where('id', '>', after)
      .orderBy('id')
      .limit(pageRows)
      .execute();
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows.map((row) => ({ table: 'jwks', key: { id: row.id }, of: jwkParts(row), mac: row.mac }));
    after = last.id;
  }
}

async function* materialRows(database: Database): AsyncGenerator<readonly GuardedRow[]> {
  for (let after = ''; ; ) {
    const rows = await database
      .selectFrom('materials')
      .selectAll()
      .where('id', '>', after)
      .orderBy('id')
      .limit(pageRows)
      .execute();
    const last = rows.at(-1);
    if (last === undefined) return;
    for (const row of rows) yield await placedRows(database, row);
    after = last.id;
  }
}

async function placedRows(database: Database, material: MaterialRow): Promise<readonly GuardedRow[]> {
  switch (material.kind) {
    case 'certificate':
      return placedIn<CertificateEnvironmentRow>(database, 'certificate_environments', {
        material,
        partsOf: certificates.partsOf,
      });
    case 'key':
      return placedIn<CryptoKeyEnvironmentRow>(database, 'crypto_key_environments', {
        material,
        partsOf: cryptoKeys.partsOf,
      });
    case 'keystore':
      return placedIn<KeystoreEnvironmentRow>(database, 'keystore_environments', {
        material,
        partsOf: keystores.partsOf,
      });
    default:
      return material.kind satisfies never;
  }
}

type PlacedRow = { readonly environment_id: string; readonly mac: Buffer | null };

async function placedIn<Row extends PlacedRow>(
  database: Database,
  table: 'certificate_environments' | 'crypto_key_environments' | 'keystore_environments',
  { material, partsOf }: { material: MaterialRow; partsOf: (row: Row) => readonly MacPart[] },
): Promise<readonly GuardedRow[]> {
  const { rows } =
    await sql<Row>`select * from ${sql.table(table)} where material_id = ${material.id}`.execute(database);
  return rows.map((row) => ({
    table,
    key: { material_id: material.id, environment_id: row.environment_id },
    of: materialParts(material, partsOf(row)),
    mac: row.mac,
  }));
}

async function* desiredRows(database: Database): AsyncGenerator<readonly GuardedRow[]> {
  const environments = await database.selectFrom('environments').select('id').orderBy('id').execute();
  for (const { id } of environments) {
    for (let after = -1; ; ) {
      const rows = await database
        .selectFrom('desired_objects')
        .selectAll()
        .where('environment_id', '=', id)
        .where('revision', '>', after)
        .orderBy('revision')
        .limit(pageRows)
        .execute();
      const last = rows.at(-1);
      if (last === undefined) break;
      yield rows.map((row) => ({
        table: 'desired_objects',
        key: { environment_id: id, kind: row.kind, object_id: row.object_id },
        of: desiredObjectParts(row),
        mac: row.mac,
      }));
      after = last.revision;
    }
  }
}

async function* ringRows(database: Database): AsyncGenerator<readonly GuardedRow[]> {
  for (let after = ''; ; ) {
    const rows = await database
      .selectFrom('key_rings')
      .selectAll()
      .where('id', '>', after)
      .orderBy('id')
      .limit(pageRows)
      .execute();
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows.map((row) => ({
      table: 'key_rings',
      key: { id: row.id },
      of: keyRingParts(row),
      mac: row.mac,
    }));
    after = last.id;
  }
}

async function* applicationRows(database: Database): AsyncGenerator<readonly GuardedRow[]> {
  for (let after = ''; ; ) {
    const rows = await database
      .selectFrom('applications')
      .selectAll()
      .where('id', '>', after)
      .orderBy('id')
      .limit(pageRows)
      .execute();
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows.map((row) => ({
      table: 'applications',
      key: { id: row.id },
      of: applicationParts(row),
      mac: row.mac,
    }));
    after = last.id;
  }
}

async function stateRows(database: Database): Promise<readonly GuardedRow[]> {
  const lineage = await database
    .selectFrom('installation')
    .select('value')
    .where('key', '=', 'lineage')
    .executeTakeFirst();
  const rows = await database.selectFrom('environment_states').selectAll().execute();
  return rows.map((row) => ({
    table: 'environment_states',
    key: { environment_id: row.environment_id },
    of: headParts(row, lineage?.value),
    mac: row.mac,
  }));
}
