import { sql } from 'kysely';
import type { MacPart } from '../../sealing/integrity.ts';
import type {
  ApplicationRow,
  CertificateEnvironmentRow,
  CryptoKeyEnvironmentRow,
  Database,
  EnvironmentRow,
  InstallationRow,
  IssuerKeySetRow,
  JwkRow,
  KeyRingRow,
  KeystoreEnvironmentRow,
  MaterialRow,
  ProjectRow,
  TokenProfileRow,
  ViewRow,
} from '../database-schema.ts';
import {
  applicationParts,
  desiredObjectParts,
  environmentParts,
  headParts,
  installationParts,
  issuerKeySetParts,
  jwkParts,
  keyRingParts,
  type MacOf,
  materialParts,
  outletParts,
  projectParts,
  tokenProfileParts,
  viewParts,
} from '../integrity/row-macs.ts';
import type { OutletRow } from '../outlet-rows.ts';
import { certificateMacParts } from './certificate-table.ts';
import { cryptoKeyMacParts } from './crypto-key-table.ts';
import { keystoreMacParts } from './keystore-table.ts';

/** Tables with the settings of projects, environments and the installation; of the latter, these rows. */
export const settingTables = Object.freeze(['projects', 'environments', 'installation'] as const);
const guardedInstallationKeys: readonly string[] = Object.freeze(['caching']);

/** Tables of which rows have a MAC. */
export const guardedTables = Object.freeze([
  ...settingTables,
  'jwks',
  'certificate_environments',
  'crypto_key_environments',
  'keystore_environments',
  'desired_objects',
  'environment_states',
  'key_rings',
  'applications',
  'issuer_key_sets',
  'token_profiles',
  'views',
  'outlets',
] as const);
export type GuardedTable = (typeof guardedTables)[number];

/** A row by its key, and what its MAC covers. */
export interface GuardedRow {
  readonly table: GuardedTable;
  /** Of a row that people know by its name. */
  readonly name?: string;
  /** By column. */
  readonly key: Readonly<Record<string, string | number>>;
  readonly of: MacOf;
  readonly mac: Buffer | null;
}

/** A page takes a few milliseconds to read and check. */
const pageRows = 128;

/** Every row that has a MAC or should have one, in pages. */
export async function* guardedRows(database: Database): AsyncGenerator<readonly GuardedRow[]> {
  yield* settingRows(database);
  yield* rowsById<JwkRow>(database, 'jwks', jwkParts);
  yield* materialRows(database);
  yield* desiredRows(database);
  yield await stateRows(database);
  yield* rowsById<KeyRingRow>(database, 'key_rings', keyRingParts);
  yield* rowsById<ApplicationRow>(database, 'applications', applicationParts);
  yield* rowsById<IssuerKeySetRow>(database, 'issuer_key_sets', issuerKeySetParts);
  yield* rowsById<TokenProfileRow>(database, 'token_profiles', tokenProfileParts);
  yield* rowsById<ViewRow>(database, 'views', viewParts);
  yield* rowsById<OutletRow>(database, 'outlets', outletParts);
}

/** Those with settings of projects, environments and the installation. */
export async function* settingRows(database: Database): AsyncGenerator<readonly GuardedRow[]> {
  for await (const page of pagesById<ProjectRow>(database, 'projects')) {
    yield page.map((row) => namedRow('projects', row, projectParts(row)));
  }
  for await (const page of pagesById<EnvironmentRow>(database, 'environments')) {
    yield page.map((row) => namedRow('environments', row, environmentParts(row)));
  }
  const rows: readonly InstallationRow[] = await database
    .selectFrom('installation')
    .selectAll()
    .where('key', 'in', guardedInstallationKeys)
    .orderBy('key')
    .execute();
  yield rows.map((row) => {
    return { table: 'installation', key: { key: row.key }, of: installationParts(row), mac: row.mac };
  });
}

function namedRow(
  table: 'projects' | 'environments',
  { id, name, mac }: ProjectRow | EnvironmentRow,
  of: MacOf,
): GuardedRow {
  return { table, name, key: { id }, of, mac };
}

interface IdentifiedRow {
  readonly id: string;
  readonly mac: Buffer | null;
}

/** Of a table whose key is an id. */
async function* rowsById<Row extends IdentifiedRow>(
  database: Database,
  table: 'jwks' | 'key_rings' | 'applications' | 'issuer_key_sets' | 'token_profiles' | 'views' | 'outlets',
  partsOf: (row: Row) => MacOf,
): AsyncGenerator<readonly GuardedRow[]> {
  for await (const rows of pagesById<Row>(database, table)) {
    yield rows.map((row) => ({ table, key: { id: row.id }, of: partsOf(row), mac: row.mac }));
  }
}

async function* pagesById<Row extends { readonly id: string }>(
  database: Database,
  table: string,
): AsyncGenerator<readonly Row[]> {
  for (let after = ''; ; ) {
    const { rows } =
      await sql<Row>`select * from ${sql.table(table)} where id > ${after} order by id limit ${pageRows}`.execute(
        database,
      );
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows;
    after = last.id;
  }
}

async function* materialRows(database: Database): AsyncGenerator<readonly GuardedRow[]> {
  for await (const rows of pagesById<MaterialRow>(database, 'materials')) {
    for (const row of rows) yield await placedRows(database, row);
  }
}

async function placedRows(database: Database, material: MaterialRow): Promise<readonly GuardedRow[]> {
  switch (material.kind) {
    case 'certificate':
      return placedIn<CertificateEnvironmentRow>(database, 'certificate_environments', {
        material,
        partsOf: certificateMacParts,
      });
    case 'key':
      return placedIn<CryptoKeyEnvironmentRow>(database, 'crypto_key_environments', {
        material,
        partsOf: cryptoKeyMacParts,
      });
    case 'keystore':
      return placedIn<KeystoreEnvironmentRow>(database, 'keystore_environments', {
        material,
        partsOf: keystoreMacParts,
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
