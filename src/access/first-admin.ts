import { randomBytes } from 'node:crypto';
import { auditEvent } from '../audit/audit-event.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import { checkName } from '../names.ts';
import { newId } from '../new-id.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import type { AuditedAccessStores } from './access-store.ts';
import { checkNewPassword, type PasswordHasher } from './passwords.ts';

export interface FirstAdmin {
  readonly username: string;
  /** Without it, one is made. */
  readonly password?: string | undefined;
}

export interface MadeFirstAdmin {
  readonly username: string;
  /** Secret, to be printed once; undefined when the password was given. */
  readonly generatedPassword: string | undefined;
}

export interface FirstAdminOptions {
  readonly store: UnitOfWork<AuditedAccessStores>;
  readonly audit: AuditLog;
  readonly clock: () => Date;
  readonly hasher: PasswordHasher;
}

/** Makes the first user where there is none; undefined where there is one. */
export type EnsureFirstAdmin = (first: FirstAdmin) => Promise<MadeFirstAdmin | undefined>;

export function firstAdminSetup({ store, audit, clock, hasher }: FirstAdminOptions): EnsureFirstAdmin {
  return async (first) => {
    if ((await store.read((stores) => stores.users.count())) > 0) return undefined;
    const username = checkName(first.username, 'Username', 'username');
    const generatedPassword =
      first.password === undefined ? randomBytes(18).toString('base64url') : undefined;
    const passwordHash = await hasher.hash(checkNewPassword(first.password ?? generatedPassword ?? ''));
    const createdAt = clock();
    const id = newId(createdAt.getTime());
    return store.write(async (stores) => {
      // Another manager on the same database may have made one meanwhile.
      if ((await stores.users.count()) > 0) return undefined;
      await stores.users.insert({ id, username, passwordHash, admin: true, createdAt, updatedAt: createdAt });
      const facts = { objectType: 'user', objectId: id, objectName: username, details: { admin: true } };
      await audit.append(stores, auditEvent({ actor: 'system', action: 'user.create', ...facts }));
      return { username, generatedPassword };
    });
  };
}
