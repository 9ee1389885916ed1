import type { Insertable, Selectable } from 'kysely';
import type { EnrollmentToken, EnrollmentTokenStore } from '../../environments/environment-store.ts';
import type { WakeTopic } from '../../unit-of-work.ts';
import type { Database, EnrollmentTokenRow } from '../database-schema.ts';
import { statement } from '../statement.ts';
import { dateOrNull, flag, timeOrNull } from './column-values.ts';

const insertOne = statement((db, row: Insertable<EnrollmentTokenRow>) =>
  db.insertInto('enrollment_tokens').values(row),
);
const findOne = statement((db, key: { publicKey: Buffer }) =>
  db.selectFrom('enrollment_tokens').selectAll().where('public_key', '=', key.publicKey),
);
const countOne = statement((db, key: { id: string }) =>
  db
    .updateTable('enrollment_tokens')
    .set((e) => ({ registered: e('registered', '+', 1) }))
    .where('id', '=', key.id),
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
      public_key: token.publicKey,
      expires_at: timeOrNull(token.expiresAt),
      max_nodes: token.maxNodes,
      registered: token.registered,
      private_keys: flag(token.privateKeys),
      identity_id: token.identityId,
    });
  }

  async findByKey(publicKey: Buffer): Promise<EnrollmentToken | undefined> {
    const row = await findOne.first(this.#database, { publicKey });
    return row && tokenOf(row);
  }

  async list(environmentId: string): Promise<readonly EnrollmentToken[]> {
    return (await listOfEnvironment.all(this.#database, { environmentId })).map(tokenOf);
  }

  async countRegistration(id: string): Promise<void> {
    await countOne.run(this.#database, { id });
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

function tokenOf(row: Selectable<EnrollmentTokenRow>): EnrollmentToken {
  return {
    id: row.id,
    environmentId: row.environment_id,
    hash: row.hash,
    label: row.label,
    createdAt: new Date(row.created_at),
    publicKey: row.public_key,
    expiresAt: dateOrNull(row.expires_at),
    maxNodes: row.max_nodes,
    registered: row.registered,
    privateKeys: row.private_keys === 1,
    identityId: row.identity_id,
  };
}
