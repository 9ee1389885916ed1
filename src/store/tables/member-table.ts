import type { Member, MemberStore, Membership, Role } from '../../access/access-store.ts';
import type { WakeTopic } from '../../unit-of-work.ts';
import type { Database, MemberRow } from '../database-schema.ts';
import type { RowGuard } from '../integrity/row-guard.ts';
import { statement } from '../statement.ts';
import { projectOf } from './project-table.ts';

const findOne = statement((db, key: { projectId: string; userId: string }) =>
  db
    .selectFrom('members')
    .select('roles')
    .where('project_id', '=', key.projectId)
    .where('user_id', '=', key.userId),
);
const listOfProject = statement((db, key: { projectId: string }) =>
  db
    .selectFrom('members')
    .innerJoin('users', 'users.id', 'members.user_id')
    .select(['users.username', 'members.roles'])
    .where('members.project_id', '=', key.projectId)
    .orderBy('users.username'),
);
const listOfUser = statement((db, key: { userId: string }) =>
  db
    .selectFrom('members')
    .innerJoin('projects', 'projects.id', 'members.project_id')
    .selectAll('projects')
    .select('members.roles')
    .where('members.user_id', '=', key.userId)
    .orderBy('projects.name'),
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
  readonly #notify: (topic: WakeTopic) => void;
  /** Of the rows of projects. */
  readonly #guard: RowGuard;

  constructor(
    database: Database,
    { notify, guard }: { readonly notify: (topic: WakeTopic) => void; readonly guard: RowGuard },
  ) {
    this.#database = database;
    this.#notify = notify;
    this.#guard = guard;
  }

  async rolesOf(projectId: string, userId: string): Promise<readonly Role[] | undefined> {
    const row = await findOne.first(this.#database, { projectId, userId });
    return row && (JSON.parse(row.roles) as Role[]);
  }

  async listOfProject(projectId: string): Promise<readonly Member[]> {
    const rows = await listOfProject.all(this.#database, { projectId });
    return rows.map(({ username, roles }) => ({ username, roles: JSON.parse(roles) as Role[] }));
  }

  async listOfUser(userId: string): Promise<readonly Membership[]> {
    const rows = await listOfUser.all(this.#database, { userId });
    return rows.map(({ roles, ...row }) => {
      return { project: projectOf(row, this.#guard), roles: JSON.parse(roles) as Role[] };
    });
  }

  async put(projectId: string, userId: string, memberRoles: readonly Role[]): Promise<void> {
    await putOne.run(this.#database, {
      project_id: projectId,
      user_id: userId,
      roles: JSON.stringify(memberRoles),
    });
    this.#notify('access');
  }

  async delete(projectId: string, userId: string): Promise<boolean> {
    this.#notify('access');
    return (await deleteOne.run(this.#database, { projectId, userId })) > 0;
  }
}
