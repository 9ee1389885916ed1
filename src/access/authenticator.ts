import { KeyplaneError } from '../errors.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import type { AccessNouns } from './access-store.ts';
import type { Caller } from './caller.ts';
import { hashOfToken } from './secret-token.ts';

export interface Authenticator {
  /** @throws KeyplaneError `unauthorized_client` in the same words for a token that is missing, unknown, expired or revoked */
  authenticate(authorizationHeader: string | undefined): Promise<Caller>;
}

/** RFC 6750 §2.1; the scheme has no case (RFC 9110 §11.1). Longer ones than any of ours are not looked up. */
const bearerPattern = /^Bearer +([A-Za-z0-9._~+/-]{1,256}=*)$/i;

export function createAuthenticator(options: {
  readonly store: UnitOfWork<AccessNouns>;
  readonly clock: () => Date;
}): Authenticator {
  const { store, clock } = options;
  return {
    async authenticate(authorizationHeader) {
      const secretToken = bearerPattern.exec(authorizationHeader ?? '')?.[1];
      if (secretToken === undefined) throw invalidToken();
      const found = await store.read((nouns) => nouns.tokens.findByHash(hashOfToken(secretToken)));
      if (!found) throw invalidToken();
      const { token, user } = found;
      if (token.expiresAt !== null && token.expiresAt <= clock()) throw invalidToken();
      return {
        userId: user.id,
        username: user.username,
        admin: user.admin,
        tokenId: token.id,
        tokenKind: token.kind,
        tokenExpiresAt: token.expiresAt,
      };
    },
  };
}

function invalidToken(): KeyplaneError {
  return new KeyplaneError('unauthorized_client', 'Invalid token');
}
