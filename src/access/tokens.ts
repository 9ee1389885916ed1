import type { AuditLog } from '../audit/audit-log.ts';
import { badRequest } from '../errors.ts';
import { checkName, lookupName, shownText } from '../names.ts';
import { newId } from '../new-id.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import { type AuditedAccessNouns, changeEvent } from './access-audit.ts';
import type { Token } from './access-store.ts';
import type { Caller } from './caller.ts';
import { futureInstant } from './future-instant.ts';
import { newSecretToken } from './secret-token.ts';

export interface NewToken {
  readonly name: string;
  /** ISO 8601 with a time zone, in the future; without it the token never expires. */
  readonly expiresAt?: string | undefined;
}

export interface CreatedToken {
  /** Secret; shown once. */
  readonly secretToken: string;
  readonly name: string;
  readonly expiresAt: Date | null;
}

/** Personal API access tokens: everyone sees and deletes their own. */
export interface Tokens {
  list(caller: Caller): Promise<readonly Token[]>;
  create(caller: Caller, input: NewToken): Promise<CreatedToken>;
  delete(caller: Caller, name: string): Promise<void>;
}

export interface TokensOptions {
  readonly store: UnitOfWork<AuditedAccessNouns>;
  readonly audit: AuditLog;
  readonly clock: () => Date;
}

export function createTokens({ store, audit, clock }: TokensOptions): Tokens {
  return {
    list: (caller) => store.read((nouns) => nouns.tokens.listPersonal(caller.userId)),

    async create(caller, input) {
      const name = checkName(input.name, 'Token name');
      const createdAt = clock();
      const expiresAt = input.expiresAt === undefined ? null : futureInstant(input.expiresAt, createdAt);
      const { secretToken, hash } = newSecretToken('kp_');
      const id = newId(createdAt.getTime());
      await store.write(async (nouns) => {
        const { userId, username: actor } = caller;
        if (await nouns.tokens.findPersonal(userId, name))
          throw badRequest(`Token (name: ${name}) is already exist!`);
        await nouns.tokens.insert({ id, userId, name, hash, kind: 'PERSONAL', createdAt, expiresAt });
        const details = { expiresAt: expiresAt?.toISOString() ?? null };
        const event = {
          actor,
          action: 'token.create',
          objectType: 'token',
          objectId: id,
          objectName: name,
          details,
        };
        await audit.append(nouns, changeEvent(event));
      });
      return { secretToken, name, expiresAt };
    },

    async delete(caller, name) {
      await store.write(async (nouns) => {
        const token = await nouns.tokens.findPersonal(caller.userId, lookupName(name));
        if (!token) throw badRequest(`Token (name: ${shownText(name)}) is not found!`);
        await nouns.tokens.delete(token.id);
        const facts = { objectType: 'token', objectId: token.id, objectName: token.name ?? '' };
        await audit.append(nouns, changeEvent({ actor: caller.username, action: 'token.delete', ...facts }));
      });
    },
  };
}
