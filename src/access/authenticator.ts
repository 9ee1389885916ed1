import { KeyplaneError } from '../errors.ts';
import { lookupName } from '../names.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import type { AccessMemory } from './access-memory.ts';
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
  /**
   * The same from memory. Undefined where nothing is known, so that only the database rejects; a caller who lacks a role here
   * may have it by now.
   */
  recall(authorizationHeader: string | undefined, projectName?: string): Authenticated | undefined;
}

export interface Authenticated {
  readonly caller: Caller;
  /** Undefined for a project that is not there, or that the caller may not know of. */
  readonly access: ProjectAccess | undefined;
}

/** With the token that was read, which may expire before what is known of it is forgotten. */
export interface KnownCaller {
  readonly found: Authenticated;
  readonly token: Token;
}

/** RFC 6750 §2.1; the scheme has no case (RFC 9110 §11.1). Longer ones than any of ours are not looked up. */
const bearerPattern = /^Bearer +([A-Za-z0-9._~+/-]{1,256}=*)$/i;

export function createAuthenticator(options: {
  readonly store: UnitOfWork<AccessStores>;
  readonly clock: () => Date;
  readonly memory: AccessMemory<KnownCaller>;
  /** Is called for every token that is accepted; must be quick. */
  readonly onUse: (token: Token) => void;
}): Authenticator {
  const { store, clock, memory, onUse } = options;

  async function callerOf(stores: AccessStores, hash: Buffer) {
    const found = await stores.tokens.findByHash(hash);
    if (!found || isExpired(found.token)) throw invalidToken();
    const { token, user } = found;
    const { projects } = token;
    const caller: Caller = {
      userId: user.id,
      username: user.username,
      admin: user.admin && projects === null,
      narrowed: projects && { ofAdmin: user.admin, projects },
      tokenId: token.id,
      tokenKind: token.kind,
      tokenExpiresAt: token.expiresAt,
    };
    return { caller, token };
  }

  function isExpired({ expiresAt }: Token): boolean {
    return expiresAt !== null && expiresAt <= clock();
  }

  function read(hash: Buffer, name: string | undefined): Promise<KnownCaller> {
    return store.read(async (stores) => {
      const [{ caller, token }, project] = await Promise.all([
        callerOf(stores, hash),
        name === undefined ? undefined : stores.projects.find(name),
      ]);
      return { found: { caller, access: await accessTo(stores, caller, project) }, token };
    });
  }

  return {
    async authenticate(authorizationHeader, projectName) {
      const hash = hashOf(authorizationHeader);
      if (hash === undefined) throw invalidToken();
      const name = projectName === undefined ? undefined : lookupName(projectName);
      const mark = memory.mark();
      const known = await read(hash, name);
      // A project that is not there may be made at any time, and names of none would drive out what is known.
      const isWhole = name === undefined || known.found.access !== undefined;
      if (isWhole) memory.keep(keyOf(hash, name), known, mark);
      onUse(known.token);
      return known.found;
    },

    recall(authorizationHeader, projectName) {
      const hash = hashOf(authorizationHeader);
      if (hash === undefined) return undefined;
      const name = projectName === undefined ? undefined : lookupName(projectName);
      const known = memory.recall(keyOf(hash, name));
      if (known === undefined || isExpired(known.token)) return undefined;
      onUse(known.token);
      return known.found;
    },
  };
}

/** A hash has one length, so no name can be taken for part of it. */
function keyOf(hash: Buffer, projectName: string | undefined): string {
  return `${hash.toString('latin1')}${projectName ?? ''}`;
}

function hashOf(authorizationHeader: string | undefined): Buffer | undefined {
  const secretToken = bearerPattern.exec(authorizationHeader ?? '')?.[1];
  return secretToken === undefined ? undefined : hashOfToken(secretToken);
}

function invalidToken(): KeyplaneError {
  return new KeyplaneError('unauthorized_client', 'Invalid token');
}
