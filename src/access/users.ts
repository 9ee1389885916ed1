import { auditEvent } from '../audit/audit-event.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import { badRequest } from '../errors.ts';
import type { IdempotencyMark } from '../idempotency/idempotency-mark.ts';
import { checkName, lookupName, shownText } from '../names.ts';
import { newId } from '../new-id.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import type { AuditedAccessStores, User } from './access-store.ts';
import type { Caller } from './caller.ts';
import { checkNewPassword, type PasswordHasher } from './passwords.ts';

export interface NewUser {
  readonly username: string;
  readonly password: string;
  readonly admin?: boolean | undefined;
}

/** Members that are left out are not changed. */
export interface UserChange {
  readonly password?: string | undefined;
  readonly admin?: boolean | undefined;
  /** May be given, but only as it is. */
  readonly username?: string | undefined;
}

/** For administrators. There is always at least one of them. */
export interface Users {
  list(): Promise<readonly User[]>;
  create(caller: Caller, input: NewUser, once?: IdempotencyMark): Promise<void>;
  /** A new password ends all sessions and personal tokens of the user. */
  update(caller: Caller, username: string, change: UserChange): Promise<void>;
  /** Takes the user's tokens and memberships along. */
  delete(caller: Caller, username: string): Promise<void>;
}

export interface UsersOptions {
  readonly store: UnitOfWork<AuditedAccessStores>;
  readonly audit: AuditLog;
  readonly clock: () => Date;
  readonly hasher: PasswordHasher;
}

export function createUsers({ store, audit, clock, hasher }: UsersOptions): Users {
  return {
    list: () => store.read((stores) => stores.users.list()),

    async create(caller, input, once) {
      const username = checkName(input.username, 'Username', 'username');
      const password = checkNewPassword(input.password);
      await store.read((stores) => requireFreeName(stores, username));
      const passwordHash = await hasher.hash(password);
      const createdAt = clock();
      const admin = input.admin ?? false;
      const user = {
        id: newId(createdAt.getTime()),
        username,
        passwordHash,
        admin,
        createdAt,
        updatedAt: createdAt,
      };
      await store.write(async (stores) => {
        await requireFreeName(stores, username);
        await stores.users.insert(user);
        await audit.append(stores, userEvent(caller, 'user.create', { user, details: { admin } }));
        await once?.save(stores);
      });
    },

    async update(caller, username, change) {
      if (change.username !== undefined && lookupName(change.username) !== lookupName(username)) {
        throw badRequest('Username can not be changed!', { reason: 'FIELD_NOT_VALID', member: 'username' });
      }
      await store.read((stores) => requireUser(stores, username));
      const passwordHash =
        change.password === undefined ? undefined : await hasher.hash(checkNewPassword(change.password));
      await store.write(async (stores) => {
        const before = await requireUser(stores, username);
        const admin = change.admin ?? before.admin;
        if (before.admin && !admin) await refuseLastAdmin(stores, before);
        const user = {
          ...before,
          admin,
          passwordHash: passwordHash ?? before.passwordHash,
          updatedAt: clock(),
        };
        await stores.users.update(user);
        const details = {
          admin,
          passwordChanged: passwordHash !== undefined,
          ...(passwordHash !== undefined && (await endTokens(stores, before.id))),
        };
        await audit.append(stores, userEvent(caller, 'user.update', { user, details }));
      });
    },

    async delete(caller, username) {
      await store.write(async (stores) => {
        const user = await requireUser(stores, username);
        if (user.admin) await refuseLastAdmin(stores, user);
        await stores.users.delete(user.id);
        await audit.append(stores, userEvent(caller, 'user.delete', { user, details: {} }));
      });
    },
  };
}

/** @throws KeyplaneError `bad_request` */
export async function requireUser(stores: AuditedAccessStores, username: string): Promise<User> {
  const user = await stores.users.find(lookupName(username));
  if (!user)
    throw badRequest(`User (name: ${shownText(username)}) is not found!`, {
      reason: 'NOT_FOUND',
      member: 'username',
    });
  return user;
}

async function requireFreeName(stores: AuditedAccessStores, username: string): Promise<void> {
  if (await stores.users.find(username))
    throw badRequest(`User (name: ${username}) is already exist!`, {
      reason: 'NAME_TAKEN',
      member: 'username',
    });
}

async function refuseLastAdmin(stores: AuditedAccessStores, user: User): Promise<void> {
  const users = await stores.users.list();
  if (users.some((other) => other.admin && other.id !== user.id)) return;
  throw badRequest(
    `User (name: ${user.username}) is the last administrator! Make another user an administrator first.`,
    { reason: 'CONFLICT', member: 'admin' },
  );
}

async function endTokens(stores: AuditedAccessStores, userId: string) {
  return {
    endedSessions: await stores.tokens.deleteOfUser(userId, 'SESSION'),
    endedTokens: await stores.tokens.deleteOfUser(userId, 'PERSONAL'),
  };
}

type UserFacts = { readonly user: User; readonly details: Readonly<Record<string, boolean | number>> };

function userEvent(caller: Caller, action: string, { user, details }: UserFacts) {
  const { id: objectId, username: objectName } = user;
  return auditEvent({ actor: caller.username, action, objectType: 'user', objectId, objectName, details });
}
