import type { KeystoreEnvironment, MaterialStore, StoredKeystore } from '../../materials/material-store.ts';
import type { MacPart } from '../../sealing/integrity.ts';
import type { Sealed } from '../../sealing/sealed.ts';
import type { Database, KeystoreEnvironmentRow } from '../database-schema.ts';
import { statement } from '../statement.ts';
import { MaterialTable, type MaterialTableLayout, type RowGuards } from './material-table.ts';

const insertOne = statement((db, row: KeystoreEnvironmentRow) =>
  db.insertInto('keystore_environments').values(row),
);
const deleteAll = statement((db, key: { materialId: string }) =>
  db.deleteFrom('keystore_environments').where('material_id', '=', key.materialId),
);

const keystoreKind: MaterialTableLayout<StoredKeystore, KeystoreEnvironment> = {
  kind: 'keystore',
  columnsOf: () => ({ key_type: null, algorithm: null }),
  materialOf: (_row, shared, environments) => ({ ...shared, environments }),
  placedTable: 'keystore_environments',
  async listPlaced(database, materialIds, environmentId) {
    let query = database
      .selectFrom('keystore_environments')
      .selectAll()
      .where('material_id', 'in', materialIds);
    if (environmentId !== undefined) query = query.where('environment_id', '=', environmentId);
    const rows = await query.execute();
    return rows.map((row) => ({
      materialId: row.material_id,
      placed: placedOf(row),
      parts: keystoreMacParts(row),
      mac: row.mac,
    }));
  },
  sealedOf: ({ file, password, keyPassword, keyPasswords }) => [file, password, keyPassword, keyPasswords],
  async insertPlaced(database, { materialId, placed, macOf }) {
    const row = {
      material_id: materialId,
      environment_id: placed.environmentId,
      alias: placed.alias,
      keystore_type: placed.keystoreType,
      file: placed.file,
      password: placed.password,
      key_password: placed.keyPassword,
      key_passwords: placed.keyPasswords,
    };
    await insertOne.run(database, { ...row, mac: macOf(keystoreMacParts(row)) });
  },
  async deletePlaced(database, materialId) {
    await deleteAll.run(database, { materialId });
  },
};

export function keystoreTable(database: Database, guards: RowGuards): MaterialStore<StoredKeystore> {
  return new MaterialTable(database, keystoreKind, guards);
}

function placedOf(row: KeystoreEnvironmentRow): KeystoreEnvironment {
  return {
    environmentId: row.environment_id,
    alias: row.alias,
    keystoreType: row.keystore_type,
    file: row.file as Sealed,
    password: row.password as Sealed,
    keyPassword: row.key_password as Sealed | null,
    keyPasswords: row.key_passwords as Sealed | null,
  };
}

export function keystoreMacParts(row: Omit<KeystoreEnvironmentRow, 'mac'>): readonly MacPart[] {
  const parts = [row.environment_id, row.alias, row.keystore_type, row.key_password !== null];
  // Rows from before the column keep their MAC.
  return row.key_passwords === null ? parts : [...parts, 'key_passwords'];
}
