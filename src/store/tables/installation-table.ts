import type { Database, InstallationRow } from '../database-schema.ts';
import type { InstallationStore } from '../installation-store.ts';
import { statement } from '../statement.ts';

const findOne = statement((db, row: { key: string }) =>
  db.selectFrom('installation').select('value').where('key', '=', row.key),
);
const putOne = statement((db, row: InstallationRow) =>
  db
    .insertInto('installation')
    .values(row)
    .onConflict((conflict) =>
      conflict.column('key').doUpdateSet((e) => ({ value: e.ref('excluded.value') })),
    ),
);

export class InstallationTable implements InstallationStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async get(key: string): Promise<string | undefined> {
    return (await findOne.first(this.#database, { key }))?.value;
  }

  async put(key: string, value: string): Promise<void> {
    await putOne.run(this.#database, { key, value });
  }
}
