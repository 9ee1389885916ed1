import { auditEvent } from '../audit/audit-event.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import { badRequest } from '../errors.ts';
import type { Once } from '../idempotency/once.ts';
import { checkName, lookupName, shownText } from '../names.ts';
import { newId } from '../new-id.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import type { AuditedAccessNouns, User } from './access-store.ts';
import type { Caller } from './caller.ts';
import { checkNewPassword, type PasswordHasher } from './passwords.ts';

export interface NewUser {
  readonly username: string;
  readonly password: string;
  readonly admin?: boolean | undefined;
}

/** What is left out stays as it is. */
export interface UserChange {
  readonly password?: string | undefined;
  readonly admin?: boolean | undefined;
  /** May be given, but only as it is. */
  readonly username?: string | undefined;
}

/** For administrators. There is always at least one of them. */
export interface Users {
  list(): Promise<readonly User[]>;
  create(caller: Caller, input: NewUser, once?: Once): Promise<void>;
  /** A new password ends all sessions and personal tokens of the user. */
  update(caller: Caller, username: string, change: UserChange): Promise<void>;
  /** Takes the user's tokens and memberships along. */
  delete(caller: Caller, username: string): Promise<void>;
}

export interface UsersOptions {
  readonly store: UnitOfWork<AuditedAccessNouns>;
  readonly audit: AuditLog;
  readonly clock: () => Date;
  readonly hasher: PasswordHasher;
}

export function createUsers({ store, audit, clock, hasher }: UsersOptions): Users {
  return {
    list: () => store.read((nouns) => nouns.users.list()),

    async create(caller, input, once) {
      const username = checkName(input.username, 'Username', 'username');
      const password = checkNewPassword(input.password);
      await store.read((nouns) => refuseTaken(nouns, username));
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
      await store.write(async (nouns) => {
        await refuseTaken(nouns, username);
        await nouns.users.insert(user);
        await audit.append(nouns, userEvent(caller, 'user.create', { user, details: { admin } }));
        await once?.keep(nouns);
      });
    },

    async update(caller, username, change) {
      if (change.username !== undefined && lookupName(change.username) !== lookupName(username)) {
        throw badRequest('Username can not be changed!', { reason: 'FIELD_NOT_VALID', member: 'username' });
      }
      await store.read((nouns) => requireUser(nouns, username));
      const passwordHash =
        change.password === undefined ? undefined : await hasher.hash(checkNewPassword(change.password));
      await store.write(async (nouns) => {
        const before = await requireUser(nouns, username);
        const admin = change.admin ?? before.admin;
        if (before.admin && !admin) await refuseLastAdmin(nouns, before);
        const user = {
          ...before,
          admin,
          passwordHash: passwordHash ?? before.passwordHash,
          updatedAt: clock(),
        };
        await nouns.users.update(user);
        const details = {
          admin,
          passwordChanged: passwordHash !== undefined,
          ...(passwordHash !== undefined && (await endTokens(nouns, before.id))),
        };
        await audit.append(nouns, userEvent(caller, 'user.update', { user, details }));
      });
    },

    async delete(caller, username) {
      await store.write(async (nouns) => {
        const user = await requireUser(nouns, username);
        if (user.admin) await refuseLastAdmin(nouns, user);
        await nouns.users.delete(user.id);
        await audit.append(nouns, userEvent(caller, 'user.delete', { user, details: {} }));
      });
    },
  };
}

/** @throws KeyplaneError `bad_request` */
export async function requireUser(nouns: AuditedAccessNouns, username: string): Promise<User> {
  const user = await nouns.users.find(lookupName(username));
  if (!user)
    throw badRequest(`User (name: ${shownText(username)}) is not found!`, {
      reason: 'NOT_FOUND',
      member: 'username',
    });
  return user;
}

async function refuseTaken(nouns: AuditedAccessNouns, username: string): Promise<void> {
  if (await nouns.users.find(username))
    throw badRequest(`User (name: ${username}) is already exist!`, {
      reason: 'NAME_TAKEN',
      member: 'username',
    });
}

async function refuseLastAdmin(nouns: AuditedAccessNouns, user: User): Promise<void> {
  const users = await nouns.users.list();
  if (users.some((other) => other.admin && other.id !== user.id)) return;
  throw badRequest(
    `User (name: ${user.username}) is the last administrator! Make another user an administrator first.`,
    { reason: 'CONFLICT', member: 'admin' },
  );
}

async function endTokens(nouns: AuditedAccessNouns, userId: string) {
  return {
    endedSessions: await nouns.tokens.deleteOfUser(userId, 'SESSION'),
    endedTokens: await nouns.tokens.deleteOfUser(userId, 'PERSONAL'),
  };
}

type UserFacts = { readonly user: User; readonly details: Readonly<Record<string, boolean | number>> };

function userEvent(caller: Caller, action: string, { user, details }: UserFacts) {
  const { id: objectId, username: objectName } = user;
  return auditEvent({ actor: caller.username, action, objectType: 'user', objectId, objectName, details });
}
