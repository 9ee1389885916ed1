import type { User, UserStore } from '../../access/access-store.ts';
import type { WakeTopic } from '../../unit-of-work.ts';
import type { Database, UserRow } from '../database-schema.ts';
import { statement } from '../statement.ts';
import { flag } from './column-values.ts';

const countAll = statement((db, _: object) =>
  db.selectFrom('users').select((e) => e.fn.countAll<number>().as('count')),
);
const listAll = statement((db, _: object) => db.selectFrom('users').selectAll().orderBy('username'));
const findOne = statement((db, key: { username: string }) =>
  db.selectFrom('users').selectAll().where('username', '=', key.username),
);
const insertOne = statement((db, row: UserRow) => db.insertInto('users').values(row));
const updateOne = statement((db, row: UserRow) =>
  db
    .updateTable('users')
    .set({
      username: row.username,
      password_hash: row.password_hash,
      admin: row.admin,
      updated_at: row.updated_at,
    })
    .where('id', '=', row.id),
);
const deleteOne = statement((db, key: { id: string }) => db.deleteFrom('users').where('id', '=', key.id));

export class UserTable implements UserStore {
  readonly #database: Database;
  readonly #notify: (topic: WakeTopic) => void;

  constructor(database: Database, notify: (topic: WakeTopic) => void) {
    this.#database = database;
    this.#notify = notify;
  }

  async count(): Promise<number> {
    const row = await countAll.first(this.#database, {});
    return row?.count ?? 0;
  }

  async list(): Promise<readonly User[]> {
    return (await listAll.all(this.#database, {})).map(userOf);
  }

  async find(username: string): Promise<User | undefined> {
    const row = await findOne.first(this.#database, { username });
    return row && userOf(row);
  }

  async insert(user: User): Promise<void> {
    await insertOne.run(this.#database, rowOf(user));
  }

  async update(user: User): Promise<void> {
    await updateOne.run(this.#database, rowOf(user));
    this.#notify('access');
  }

  async delete(id: string): Promise<void> {
    await deleteOne.run(this.#database, { id });
    this.#notify('access');
  }
}

export function userOf(row: UserRow): User {
  return {
    id: row.id,
    username: row.username,
    passwordHash: row.password_hash,
    admin: row.admin === 1,
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
  };
}

function rowOf(user: User): UserRow {
  return {
    id: user.id,
    username: user.username,
    password_hash: user.passwordHash,
    admin: flag(user.admin),
    created_at: user.createdAt.getTime(),
    updated_at: user.updatedAt.getTime(),
  };
}
