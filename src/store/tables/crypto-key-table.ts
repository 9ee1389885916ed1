import { ok } from 'node:assert/strict';
import type { CryptoKey, KeyEnvironment, MaterialStore } from '../../materials/material-store.ts';
import type { MacPart } from '../../sealing/integrity.ts';
import type { Sealed } from '../../sealing/sealed.ts';
import type { CryptoKeyEnvironmentRow, Database } from '../database-schema.ts';
import { statement } from '../statement.ts';
import { MaterialTable, type MaterialTableLayout, type RowGuards } from './material-table.ts';

const insertOne = statement((db, row: CryptoKeyEnvironmentRow) =>
  db.insertInto('crypto_key_environments').values(row),
);
const deleteAll = statement((db, key: { materialId: string }) =>
  db.deleteFrom('crypto_key_environments').where('material_id', '=', key.materialId),
);

const cryptoKeyKind: MaterialTableLayout<CryptoKey, KeyEnvironment> = {
  kind: 'key',
  columnsOf: (key) => ({ key_type: key.keyType, algorithm: key.algorithm }),
  materialOf(row, shared, environments) {
    ok(row.key_type !== null, 'a key has a key type');
    return { ...shared, keyType: row.key_type, algorithm: row.algorithm, environments };
  },
  placedTable: 'crypto_key_environments',
  async listPlaced(database, materialIds, environmentId) {
    let query = database
      .selectFrom('crypto_key_environments')
      .selectAll()
      .where('material_id', 'in', materialIds);
    if (environmentId !== undefined) query = query.where('environment_id', '=', environmentId);
    const rows = await query.execute();
    return rows.map((row) => ({
      materialId: row.material_id,
      placed: placedOf(row),
      parts: cryptoKeyMacParts(row),
      mac: row.mac,
    }));
  },
  sealedOf: ({ content }) => [content],
  async insertPlaced(database, { materialId, placed, macOf }) {
    const row = {
      material_id: materialId,
      environment_id: placed.environmentId,
      alias: placed.alias,
      content: placed.content,
    };
    await insertOne.run(database, { ...row, mac: macOf(cryptoKeyMacParts(row)) });
  },
  async deletePlaced(database, materialId) {
    await deleteAll.run(database, { materialId });
  },
};

export function cryptoKeyTable(database: Database, guards: RowGuards): MaterialStore<CryptoKey> {
  return new MaterialTable(database, cryptoKeyKind, guards);
}

function placedOf(row: CryptoKeyEnvironmentRow): KeyEnvironment {
  return { environmentId: row.environment_id, alias: row.alias, content: row.content as Sealed };
}

export function cryptoKeyMacParts(row: Omit<CryptoKeyEnvironmentRow, 'mac'>): readonly MacPart[] {
  return [row.environment_id, row.alias];
}
