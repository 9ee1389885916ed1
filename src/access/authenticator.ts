import { KeyplaneError } from '../errors.ts';
import { lookupName } from '../names.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import type { AccessStores, Token } from './access-store.ts';
import { accessTo } from './authorizer.ts';
import type { Caller, ProjectAccess } from './caller.ts';
import { hashOfToken } from './secret-token.ts';

export interface Authenticator {
  /**
   * @param projectName the project whose `access` is returned, read in the same transaction; without it there is none
   * @throws KeyplaneError `unauthorized_client` in the same words for a token that is missing, unknown, expired or
   * revoked
   */
  authenticate(authorizationHeader: string | undefined, projectName?: string): Promise<Authenticated>;
}

export interface Authenticated {
  readonly caller: Caller;
  /** Undefined for a project that is not there, or that the caller may not know of. */
  readonly access: ProjectAccess | undefined;
}

/** RFC 6750 §2.1; the scheme has no case (RFC 9110 §11.1). Longer ones than any of ours are not looked up. */
const bearerPattern = /^Bearer +([A-Za-z0-9._~+/-]{1,256}=*)$/i;

export function createAuthenticator(options: {
  readonly store: UnitOfWork<AccessStores>;
  readonly clock: () => Date;
  /** Is called for every token that is accepted; must be quick. */
  readonly onUse: (token: Token) => void;
}): Authenticator {
  const { store, clock, onUse } = options;

  async function callerOf(stores: AccessStores, hash: Buffer): Promise<Caller> {
    const found = await stores.tokens.findByHash(hash);
    if (!found) throw invalidToken();
    const { token, user } = found;
    if (token.expiresAt !== null && token.expiresAt <= clock()) throw invalidToken();
    onUse(token);
    const { projects } = token;
    return {
      userId: user.id,
      username: user.username,
      admin: user.admin && projects === null,
      narrowed: projects && { ofAdmin: user.admin, projects },
      tokenId: token.id,
      tokenKind: token.kind,
      tokenExpiresAt: token.expiresAt,
    };
  }

  return {
    async authenticate(authorizationHeader, projectName) {
      const hash = hashOf(authorizationHeader);
      return store.read(async (stores) => {
        if (projectName === undefined) return { caller: await callerOf(stores, hash), access: undefined };
        const [caller, project] = await Promise.all([
          callerOf(stores, hash),
          stores.projects.find(lookupName(projectName)),
        ]);
        return { caller, access: await accessTo(stores, caller, project) };
      });
    },
  };
}

function hashOf(authorizationHeader: string | undefined): Buffer {
  const secretToken = bearerPattern.exec(authorizationHeader ?? '')?.[1];
  if (secretToken === undefined) throw invalidToken();
  return hashOfToken(secretToken);
}

function invalidToken(): KeyplaneError {
  return new KeyplaneError('unauthorized_client', 'Invalid token');
}
