import type { EnrollmentToken, EnrollmentTokenStore } from '../../../environments/environment-store.ts';
import type { WakeTopic } from '../../../unit-of-work.ts';
import { statement } from '../../statement.ts';
import type { Database, EnrollmentTokenRow } from '../../tables.ts';
import { inChunks } from '../in-chunks.ts';

const insertOne = statement((db, row: EnrollmentTokenRow) => db.insertInto('enrollment_tokens').values(row));
const findOne = statement((db, key: { hash: Buffer }) =>
  db.selectFrom('enrollment_tokens').selectAll().where('hash', '=', key.hash),
);
const listOfEnvironment = statement((db, key: { environmentId: string }) =>
  db
    .selectFrom('enrollment_tokens')
    .selectAll()
    .where('environment_id', '=', key.environmentId)
    .orderBy('created_at')
    .orderBy('id'),
);
const deleteOne = statement((db, key: { id: string }) =>
  db.deleteFrom('enrollment_tokens').where('id', '=', key.id),
);
const deleteByLabel = statement((db, key: { environmentId: string; label: string }) =>
  db
    .deleteFrom('enrollment_tokens')
    .where('environment_id', '=', key.environmentId)
    .where('label', '=', key.label),
);

export class EnrollmentTokenTable implements EnrollmentTokenStore {
  readonly #database: Database;
  readonly #notify: (topic: WakeTopic) => void;

  constructor(database: Database, notify: (topic: WakeTopic) => void) {
    this.#database = database;
    this.#notify = notify;
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
    return row && tokenOf(row);
  }

  async list(environmentId: string): Promise<readonly EnrollmentToken[]> {
    return (await listOfEnvironment.all(this.#database, { environmentId })).map(tokenOf);
  }

  async existing(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const found = new Set<string>();
    for (const chunk of inChunks([...new Set(ids)])) {
      const query = this.#database.selectFrom('enrollment_tokens').select('id').where('id', 'in', chunk);
      for (const { id } of await query.execute()) found.add(id);
    }
    return found;
  }

  async delete(id: string): Promise<void> {
    await deleteOne.run(this.#database, { id });
    this.#notify('sessions');
  }

  async deleteLabelled(environmentId: string, label: string): Promise<number> {
    this.#notify('sessions');
    return deleteByLabel.run(this.#database, { environmentId, label });
  }
}

function tokenOf(row: EnrollmentTokenRow): EnrollmentToken {
  return {
    id: row.id,
    environmentId: row.environment_id,
    hash: row.hash,
    label: row.label,
    createdAt: new Date(row.created_at),
  };
}
