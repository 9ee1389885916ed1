import { sql } from 'kysely';
import type { NarrowedProject, Token, TokenStore, User } from '../../access/access-store.ts';
import type { WakeTopic } from '../../unit-of-work.ts';
import type { Database, TokenRow } from '../database-schema.ts';
import { statement } from '../statement.ts';
import { dateOrNull, timeOrNull } from './column-values.ts';
import { databaseNow } from './database-clock.ts';
import { userOf } from './user-table.ts';

const findWithUser = statement((db, key: { hash: Buffer }) =>
  db
    .selectFrom('tokens')
    .innerJoin('users', 'users.id', 'tokens.user_id')
    .selectAll('tokens')
    .select([
      'users.username',
      'users.password_hash',
      'users.admin',
      'users.created_at as user_created_at',
      'users.updated_at as user_updated_at',
    ])
    .where('tokens.hash', '=', key.hash),
);
const listOfUser = statement((db, key: { userId: string }) =>
  db
    .selectFrom('tokens')
    .selectAll()
    .where('user_id', '=', key.userId)
    .where('kind', '=', 'PERSONAL')
    .orderBy('name'),
);
const findNamed = statement((db, key: { userId: string; name: string }) =>
  db
    .selectFrom('tokens')
    .selectAll()
    .where('user_id', '=', key.userId)
    .where('name', '=', key.name)
    .where('kind', '=', 'PERSONAL'),
);
const insertOne = statement((db, row: TokenRow) => db.insertInto('tokens').values(row));
const deleteOne = statement((db, key: { id: string }) => db.deleteFrom('tokens').where('id', '=', key.id));
const deleteAllOfUser = statement((db, key: { userId: string; kind: Token['kind']; exceptId: string }) =>
  db
    .deleteFrom('tokens')
    .where('user_id', '=', key.userId)
    .where('kind', '=', key.kind)
    .where('id', '<>', key.exceptId),
);
const recordUseOf = statement((db, key: { id: string; usedAt: number }) =>
  db.updateTable('tokens').set({ last_used_at: key.usedAt }).where('id', '=', key.id),
);
const deleteOld = statement((db, key: { expiredForMs: number; limit: number }) =>
  db.deleteFrom('tokens').where(
    'id',
    'in',
    db
      .selectFrom('tokens')
      .select('id')
      .where('kind', '=', 'SESSION')
      .where('expires_at', 'is not', null)
      .where('expires_at', '<', sql<number>`${databaseNow(db)} - ${key.expiredForMs}`)
      .orderBy('expires_at')
      .limit(key.limit),
  ),
);

export class TokenTable implements TokenStore {
  readonly #database: Database;
  readonly #notify: (topic: WakeTopic) => void;

  constructor(database: Database, notify: (topic: WakeTopic) => void) {
    this.#database = database;
    this.#notify = notify;
  }

  async findByHash(hash: Buffer): Promise<{ readonly token: Token; readonly user: User } | undefined> {
    const row = await findWithUser.first(this.#database, { hash });
    if (row === undefined) return undefined;
    const user = userOf({
      id: row.user_id,
      username: row.username,
      password_hash: row.password_hash,
      admin: row.admin,
      created_at: row.user_created_at,
      updated_at: row.user_updated_at,
    });
    return { token: tokenOf(row), user };
  }

  async listPersonal(userId: string): Promise<readonly Token[]> {
    return (await listOfUser.all(this.#database, { userId })).map(tokenOf);
  }

  async findPersonal(userId: string, name: string): Promise<Token | undefined> {
    const row = await findNamed.first(this.#database, { userId, name });
    return row && tokenOf(row);
  }

  async insert(token: Token): Promise<void> {
    await insertOne.run(this.#database, {
      id: token.id,
      user_id: token.userId,
      name: token.name,
      hash: token.hash,
      kind: token.kind,
      created_at: token.createdAt.getTime(),
      expires_at: timeOrNull(token.expiresAt),
      projects: token.projects && JSON.stringify(token.projects),
      last_used_at: timeOrNull(token.lastUsedAt),
    });
  }

  async delete(id: string): Promise<void> {
    await deleteOne.run(this.#database, { id });
    this.#notify('access');
  }

  async deleteOfUser(userId: string, kind: Token['kind'], exceptId = ''): Promise<number> {
    this.#notify('access');
    return deleteAllOfUser.run(this.#database, { userId, kind, exceptId });
  }

  async recordUse(id: string, usedAt: Date): Promise<void> {
    await recordUseOf.run(this.#database, { id, usedAt: usedAt.getTime() });
  }

  async pruneSessions(expiredForMs: number, limit: number): Promise<number> {
    return deleteOld.run(this.#database, { expiredForMs, limit });
  }
}

function tokenOf(row: TokenRow): Token {
  return {
    id: row.id,
    userId: row.user_id,
    name: row.name,
    hash: row.hash,
    kind: row.kind,
    createdAt: new Date(row.created_at),
    expiresAt: dateOrNull(row.expires_at),
    projects: row.projects === null ? null : (JSON.parse(row.projects) as NarrowedProject[]),
    lastUsedAt: dateOrNull(row.last_used_at),
  };
}
