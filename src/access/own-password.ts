import { auditEvent } from '../audit/audit-event.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { RejectionLog } from '../audit/rejection-log.ts';
import { badRequest } from '../errors.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import type { AuditedAccessStores } from './access-store.ts';
import type { Caller } from './caller.ts';
import type { CheckPassword } from './password-check.ts';
import { checkNewPassword, type PasswordHasher } from './passwords.ts';
import { requireUser } from './users.ts';

export interface OwnPasswordChange {
  readonly currentPassword: string;
  readonly password: string;
  /** Of the socket. */
  readonly address: string;
}

/**
 * Users change their own password. It ends their sessions but the one that the request came with; personal tokens stay,
 * since programs use them and their owner revokes them by name.
 * @throws KeyplaneError `bad_request` for a wrong current password; `rate_limit_exceeded` after as many as end sign-in
 */
export type ChangeOwnPassword = (caller: Caller, change: OwnPasswordChange) => Promise<void>;

export interface OwnPasswordOptions {
  readonly store: UnitOfWork<AuditedAccessStores>;
  readonly audit: AuditLog;
  readonly rejections: RejectionLog;
  readonly clock: () => Date;
  readonly hasher: PasswordHasher;
  readonly checkPassword: CheckPassword;
}

export function createOwnPassword(options: OwnPasswordOptions): ChangeOwnPassword {
  const { store, audit, rejections, clock, hasher, checkPassword } = options;
  return async (caller, { currentPassword, password, address }) => {
    const { userId, username, tokenId } = caller;
    checkNewPassword(password);
    const event = (outcome: 'SUCCESS' | 'FAILURE', details: Readonly<Record<string, string | number>>) =>
      auditEvent({
        actor: username,
        action: 'user.password',
        objectType: 'user',
        objectId: userId,
        objectName: username,
        outcome,
        details,
      });
    const { isRight, user } = await checkPassword({ username, address }, currentPassword, () =>
      store.read((stores) => stores.users.find(username)),
    );
    if (!isRight || user === undefined) {
      await rejections.append(event('FAILURE', { address }), username);
      throw wrongPassword();
    }
    const passwordHash = await hasher.hash(password);
    await store.write(async (stores) => {
      const before = await requireUser(stores, username);
      // Another request may have changed it while this one was hashed.
      if (before.passwordHash !== user.passwordHash) throw wrongPassword();
      await stores.users.update({ ...before, passwordHash, updatedAt: clock() });
      const endedSessions = await stores.tokens.deleteOfUser(userId, 'SESSION', tokenId);
      await audit.append(stores, event('SUCCESS', { address, endedSessions }));
    });
  };
}

function wrongPassword() {
  return badRequest('currentPassword is wrong!', { reason: 'PASSWORD_WRONG', member: 'currentPassword' });
}
