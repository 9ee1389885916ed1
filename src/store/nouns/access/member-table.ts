import type { MemberStore, Role } from '../../../access/access-store.ts';
import { statement } from '../../statement.ts';
import type { Database, MemberRow } from '../../tables.ts';

const findOne = statement((db, key: { projectId: string; userId: string }) =>
  db
    .selectFrom('members')
    .select('roles')
    .where('project_id', '=', key.projectId)
    .where('user_id', '=', key.userId),
);
const putOne = statement((db, row: MemberRow) =>
  db
    .insertInto('members')
    .values(row)
    .onConflict((conflict) =>
      conflict.columns(['project_id', 'user_id']).doUpdateSet((e) => ({ roles: e.ref('excluded.roles') })),
    ),
);
const deleteOne = statement((db, key: { projectId: string; userId: string }) =>
  db.deleteFrom('members').where('project_id', '=', key.projectId).where('user_id', '=', key.userId),
);

export class MemberTable implements MemberStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async rolesOf(projectId: string, userId: string): Promise<readonly Role[] | undefined> {
    const row = await findOne.first(this.#database, { projectId, userId });
    return row && (JSON.parse(row.roles) as Role[]);
  }

  async put(projectId: string, userId: string, memberRoles: readonly Role[]): Promise<void> {
    await putOne.run(this.#database, {
      project_id: projectId,
      user_id: userId,
      roles: JSON.stringify(memberRoles),
    });
  }

  async delete(projectId: string, userId: string): Promise<boolean> {
    return (await deleteOne.run(this.#database, { projectId, userId })) > 0;
  }
}
