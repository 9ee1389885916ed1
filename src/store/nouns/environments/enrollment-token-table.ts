import type { EnrollmentToken, EnrollmentTokenStore } from '../../../environments/environment-store.ts';
import { statement } from '../../statement.ts';
import type { Database, EnrollmentTokenRow } from '../../tables.ts';

const insertOne = statement((db, row: EnrollmentTokenRow) => db.insertInto('enrollment_tokens').values(row));
const findOne = statement((db, key: { hash: Buffer }) =>
  db.selectFrom('enrollment_tokens').selectAll().where('hash', '=', key.hash),
);
const deleteByLabel = statement((db, key: { environmentId: string; label: string }) =>
  db
    .deleteFrom('enrollment_tokens')
    .where('environment_id', '=', key.environmentId)
    .where('label', '=', key.label),
);

export class EnrollmentTokenTable implements EnrollmentTokenStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async insert(token: EnrollmentToken): Promise<void> {
    await insertOne.run(this.#database, {
      id: token.id,
      environment_id: token.environmentId,
      hash: token.hash,
      label: token.label,
      created_at: token.createdAt.getTime(),
    });
  }

  async findByHash(hash: Buffer): Promise<EnrollmentToken | undefined> {
    const row = await findOne.first(this.#database, { hash });
    if (row === undefined) return undefined;
    return {
      id: row.id,
      environmentId: row.environment_id,
      hash: row.hash,
      label: row.label,
      createdAt: new Date(row.created_at),
    };
  }

  async deleteLabelled(environmentId: string, label: string): Promise<number> {
    return deleteByLabel.run(this.#database, { environmentId, label });
  }
}
