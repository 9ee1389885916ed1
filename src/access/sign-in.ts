import { auditEvent } from '../audit/audit-event.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { RejectionLog } from '../audit/rejection-log.ts';
import { badRequest, KeyplaneError } from '../errors.ts';
import { lookupName } from '../names.ts';
import { newId } from '../new-id.ts';
import { networkOf } from '../runtime/network-of.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import type { AuditedAccessStores, User } from './access-store.ts';
import type { Caller } from './caller.ts';
import type { CheckPassword } from './password-check.ts';
import { newSecretToken } from './secret-token.ts';

export interface SignInRequest {
  readonly username: string;
  readonly password: string;
  /** Of the socket. */
  readonly address: string;
  /** How long the token opens doors; an hour when left out. */
  readonly lifeSeconds?: number;
}

export interface AccessToken {
  /** Secret; shown once. */
  readonly accessToken: string;
  readonly expiresInSeconds: number;
  readonly expiresAt: Date;
  readonly admin: boolean;
}

export interface SignIn {
  /**
   * @throws KeyplaneError `unauthorized_client` in the same words and the same time for an unknown user and a
   * wrong password; `rate_limit_exceeded` after 10 of them in a minute for one user, or 100 from one address
   */
  signIn(request: SignInRequest): Promise<AccessToken>;
  /**
   * Ends the session that the caller came with.
   * @throws KeyplaneError `bad_request` for a personal token, which is deleted under its name
   */
  signOut(caller: Caller): Promise<void>;
}

export interface SignInOptions {
  readonly store: UnitOfWork<AuditedAccessStores>;
  readonly audit: AuditLog;
  readonly rejections: RejectionLog;
  readonly clock: () => Date;
  readonly checkPassword: CheckPassword;
}

const defaultLifeSeconds = 3600;

export function createSignIn(options: SignInOptions): SignIn {
  const { store, audit, rejections, clock, checkPassword } = options;

  async function openSession(
    user: User,
    { address, lifeSeconds: expiresInSeconds = defaultLifeSeconds }: SignInRequest,
  ): Promise<AccessToken> {
    const { secretToken, hash } = newSecretToken('kps_');
    const createdAt = clock();
    const expiresAt = new Date(createdAt.getTime() + expiresInSeconds * 1000);
    const opened = await store.write(async (stores) => {
      // The password may have been changed, or the user deleted, while this one was hashed.
      const current = await stores.users.find(user.username);
      if (current?.passwordHash !== user.passwordHash) return false;
      const id = newId(createdAt.getTime());
      await stores.tokens.insert({
        id,
        userId: user.id,
        name: null,
        hash,
        kind: 'SESSION',
        createdAt,
        expiresAt,
        projects: null,
        lastUsedAt: null,
      });
      await audit.append(stores, signInEvent(user, address, 'SUCCESS'));
      return true;
    });
    if (!opened) throw badCredentials();
    return { accessToken: secretToken, expiresInSeconds, expiresAt, admin: user.admin };
  }

  return {
    async signIn(request) {
      const { username, password, address } = request;
      const name = lookupName(username);
      const { user, isRight } = await checkPassword({ username: name, address }, password, () =>
        store.read((stores) => stores.users.find(name)),
      );
      if (user && isRight) return openSession(user, request);
      await rejections.append(signInEvent(user, address, 'FAILURE'), networkOf(address));
      throw badCredentials();
    },

    async signOut({ username, userId, tokenId, tokenKind }) {
      if (tokenKind !== 'SESSION') {
        throw badRequest(
          'The request came with a personal token, not with a session! Delete it under its name',
        );
      }
      await store.write(async (stores) => {
        await stores.tokens.delete(tokenId);
        const who = { objectType: 'user', objectId: userId, objectName: username };
        await audit.append(stores, auditEvent({ actor: username, action: 'user.signOut', ...who }));
      });
    },
  };
}

function badCredentials(): KeyplaneError {
  return new KeyplaneError('unauthorized_client', 'Bad credentials', {
    reason: 'CREDENTIALS_NOT_VALID',
  });
}

/** The name of an unknown user is left out: people type their password into the wrong field. */
function signInEvent(user: User | undefined, address: string, outcome: 'SUCCESS' | 'FAILURE') {
  const name = user?.username ?? 'unknown user';
  return auditEvent({
    actor: name,
    action: 'user.signIn',
    objectType: 'user',
    objectId: user?.id ?? null,
    objectName: name,
    outcome,
    details: { address },
  });
}
