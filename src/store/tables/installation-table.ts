import type { Database, InstallationRow } from '../database-schema.ts';
import type { InstallationStore, StoredSetting } from '../installation-store.ts';
import type { RowGuard } from '../integrity/row-guard.ts';
import { installationParts } from '../integrity/row-macs.ts';
import { statement } from '../statement.ts';

const findOne = statement((db, row: { key: string }) =>
  db.selectFrom('installation').selectAll().where('key', '=', row.key),
);
const putOne = statement((db, row: InstallationRow) =>
  db
    .insertInto('installation')
    .values(row)
    .onConflict((conflict) =>
      conflict
        .column('key')
        .doUpdateSet((e) => ({ value: e.ref('excluded.value'), mac: e.ref('excluded.mac') })),
    ),
);

export class InstallationTable implements InstallationStore {
  readonly #database: Database;
  readonly #guard: RowGuard;

  constructor(database: Database, guard: RowGuard) {
    this.#database = database;
    this.#guard = guard;
  }

  async get(key: string): Promise<string | undefined> {
    return (await findOne.first(this.#database, { key }))?.value;
  }

  async put(key: string, value: string): Promise<void> {
    await putOne.run(this.#database, { key, value, mac: null });
  }

  async getSetting(key: string): Promise<StoredSetting | undefined> {
    const row = await findOne.first(this.#database, { key });
    if (!row) return undefined;
    const { value, mac } = row;
    return this.#guard.isAltered(installationParts(row), mac) ? { value, altered: true } : { value };
  }

  async putSetting(key: string, value: string): Promise<void> {
    const mac = this.#guard.mac(installationParts({ key, value }));
    await putOne.run(this.#database, { key, value, mac });
  }
}
