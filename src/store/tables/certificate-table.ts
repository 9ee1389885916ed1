import type {
  Certificate,
  CertificateEnvironment,
  CertificateStore,
} from '../../materials/material-store.ts';
import type { MacPart } from '../../sealing/integrity.ts';
import type { CertificateEnvironmentRow, Database } from '../database-schema.ts';
import { statement } from '../statement.ts';
import { MaterialTable, type MaterialTableLayout, type RowGuards } from './material-table.ts';

const insertOne = statement((db, row: CertificateEnvironmentRow) =>
  db.insertInto('certificate_environments').values(row),
);
const deleteAll = statement((db, key: { materialId: string }) =>
  db.deleteFrom('certificate_environments').where('material_id', '=', key.materialId),
);
const findOwner = statement((db, key: { environmentId: string; alias: string }) =>
  db
    .selectFrom('certificate_environments')
    .select('material_id')
    .where('environment_id', '=', key.environmentId)
    .where('alias', '=', key.alias),
);

const certificateKind: MaterialTableLayout<Certificate, CertificateEnvironment> = {
  kind: 'certificate',
  columnsOf: () => ({ key_type: null, algorithm: null }),
  materialOf: (_row, shared, environments) => ({ ...shared, environments }),
  placedTable: 'certificate_environments',
  async listPlaced(database, materialIds, environmentId) {
    let query = database
      .selectFrom('certificate_environments')
      .selectAll()
      .where('material_id', 'in', materialIds);
    if (environmentId !== undefined) query = query.where('environment_id', '=', environmentId);
    const rows = await query.execute();
    return rows.map((row) => ({
      materialId: row.material_id,
      placed: placedOf(row),
      parts: certificateMacParts(row),
      mac: row.mac,
    }));
  },
  sealedOf: () => [],
  async insertPlaced(database, { materialId, placed, macOf }) {
    const row = {
      material_id: materialId,
      environment_id: placed.environmentId,
      alias: placed.alias,
      chain: JSON.stringify(placed.chain.map((der) => der.toString('base64'))),
      start_date: placed.startDate.getTime(),
      end_date: placed.endDate.getTime(),
      sha1_thumbprint: placed.sha1Thumbprint,
      subject_dn: placed.subjectDn,
    };
    await insertOne.run(database, { ...row, mac: macOf(certificateMacParts(row)) });
  },
  async deletePlaced(database, materialId) {
    await deleteAll.run(database, { materialId });
  },
};

export class CertificateTable
  extends MaterialTable<Certificate, CertificateEnvironment>
  implements CertificateStore
{
  readonly #database: Database;

  constructor(database: Database, guards: RowGuards) {
    super(database, certificateKind, guards);
    this.#database = database;
  }

  async aliasOwner(environmentId: string, alias: string): Promise<string | undefined> {
    return (await findOwner.first(this.#database, { environmentId, alias }))?.material_id;
  }
}

function placedOf(row: CertificateEnvironmentRow): CertificateEnvironment {
  const chain = JSON.parse(row.chain) as readonly string[];
  return {
    environmentId: row.environment_id,
    alias: row.alias,
    chain: chain.map((der) => Buffer.from(der, 'base64')),
    startDate: new Date(row.start_date),
    endDate: new Date(row.end_date),
    sha1Thumbprint: row.sha1_thumbprint,
    subjectDn: row.subject_dn,
  };
}

export function certificateMacParts(row: Omit<CertificateEnvironmentRow, 'mac'>): readonly MacPart[] {
  return [
    row.environment_id,
    row.alias,
    row.chain,
    row.start_date,
    row.end_date,
    row.sha1_thumbprint,
    row.subject_dn,
  ];
}
