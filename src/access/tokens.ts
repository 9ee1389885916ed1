import { auditEvent } from '../audit/audit-event.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import { badRequest, KeyplaneError } from '../errors.ts';
import { checkName, lookupName, projectNotFound, shownText } from '../names.ts';
import { newId } from '../new-id.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import type { AuditedAccessStores, NarrowedProject, Token } from './access-store.ts';
import type { Caller } from './caller.ts';
import { futureInstant } from './future-instant.ts';
import { knownRoles } from './members.ts';
import { isWithin, rolesIn } from './narrowing.ts';
import { newSecretToken } from './secret-token.ts';
import { requireUser } from './users.ts';

export interface NewToken {
  readonly name: string;
  /** ISO 8601 with a time zone, in the future; null: the token never expires; without it, in 90 days. */
  readonly expiresAt?: string | null | undefined;
  /** Without it the token is not narrowed. */
  readonly projects?: readonly WantedProject[] | undefined;
}

export interface WantedProject {
  readonly projectName: string;
  readonly roles: readonly string[];
}

export interface CreatedToken {
  /** Secret; shown once. */
  readonly secretToken: string;
  readonly name: string;
  readonly expiresAt: Date | null;
  readonly projects: readonly NarrowedProject[] | null;
}

/**
 * Personal API access tokens. Users see and revoke their own, administrators everybody's. To a narrowed token only those
 * exist that may do nothing that it may not.
 */
export interface Tokens {
  list(caller: Caller): Promise<readonly Token[]>;
  /** @throws KeyplaneError `forbidden` for a narrowed token that requests more permissions than it has */
  create(caller: Caller, input: NewToken): Promise<CreatedToken>;
  delete(caller: Caller, name: string): Promise<void>;
  /** For administrators. @throws KeyplaneError `bad_request` for a user who does not exist */
  listOfUser(username: string): Promise<readonly Token[]>;
  /** For administrators. */
  revoke(caller: Caller, username: string, name: string): Promise<void>;
}

export interface TokensOptions {
  readonly store: UnitOfWork<AuditedAccessStores>;
  readonly audit: AuditLog;
  readonly clock: () => Date;
}

const defaultLifeMs = 90 * 24 * 3600 * 1000;

export function createTokens({ store, audit, clock }: TokensOptions): Tokens {
  return {
    list: (caller) =>
      store.read(async (stores) => {
        const own = await stores.tokens.listPersonal(caller.userId);
        return own.filter(({ projects }) => isWithin(projects, limitOf(caller)));
      }),

    async create(caller, input) {
      const name = checkName(input.name, 'Token name');
      const createdAt = clock();
      const expiresAt = expiryOf(caller, input.expiresAt, createdAt);
      const { secretToken, hash } = newSecretToken(input.projects ? 'kp_narrow_' : 'kp_');
      const id = newId(createdAt.getTime());
      const projects = await store.write(async (stores) => {
        const { userId, username: actor } = caller;
        const narrowed = input.projects ? await narrowedTo(stores, caller, input.projects) : null;
        if (!isWithin(narrowed, limitOf(caller))) throw beyondToken();
        if (await stores.tokens.findPersonal(userId, name)) {
          throw badRequest(`Token (name: ${name}) is already exist!`, {
            reason: 'NAME_TAKEN',
            member: 'name',
          });
        }
        await stores.tokens.insert({
          id,
          userId,
          name,
          hash,
          kind: 'PERSONAL',
          createdAt,
          expiresAt,
          projects: narrowed,
          lastUsedAt: null,
        });
        const details = {
          expiresAt: expiresAt?.toISOString() ?? null,
          projects: narrowed?.map(({ projectName }) => projectName).join(' ') ?? null,
        };
        const facts = { objectType: 'token', objectId: id, objectName: name, details };
        await audit.append(stores, auditEvent({ actor, action: 'token.create', ...facts }));
        return narrowed;
      });
      return { secretToken, name, expiresAt, projects };
    },

    async delete(caller, name) {
      await store.write(async (stores) => {
        const token = await stores.tokens.findPersonal(caller.userId, lookupName(name));
        if (!token || !isWithin(token.projects, limitOf(caller))) throw tokenNotFound(name);
        await stores.tokens.delete(token.id);
        const facts = { objectType: 'token', objectId: token.id, objectName: token.name ?? '' };
        await audit.append(stores, auditEvent({ actor: caller.username, action: 'token.delete', ...facts }));
      });
    },

    listOfUser: (username) =>
      store.read(async (stores) => stores.tokens.listPersonal((await requireUser(stores, username)).id)),

    async revoke(caller, username, name) {
      await store.write(async (stores) => {
        const user = await requireUser(stores, username);
        const token = await stores.tokens.findPersonal(user.id, lookupName(name));
        if (!token) throw tokenNotFound(name);
        await stores.tokens.delete(token.id);
        const details = { username: user.username };
        const facts = { objectType: 'token', objectId: token.id, objectName: token.name ?? '', details };
        await audit.append(stores, auditEvent({ actor: caller.username, action: 'token.revoke', ...facts }));
      });
    },
  };
}

const limitOf = ({ narrowed }: Caller): readonly NarrowedProject[] | null => narrowed?.projects ?? null;

/** What a token makes must not outlive a narrowed token, nor may that token ask for it. */
function expiryOf(caller: Caller, given: string | null | undefined, now: Date): Date | null {
  const latest = caller.narrowed === null ? null : caller.tokenExpiresAt;
  if (given === undefined) {
    const usual = new Date(now.getTime() + defaultLifeMs);
    return latest !== null && latest < usual ? latest : usual;
  }
  const expiresAt = given === null ? null : futureInstant(given, now);
  if (latest !== null && (expiresAt === null || expiresAt > latest)) throw beyondToken();
  return expiresAt;
}

/** @throws KeyplaneError `bad_request` where it names no project that the caller may see, or no role */
async function narrowedTo(
  stores: AuditedAccessStores,
  caller: Caller,
  wanted: readonly WantedProject[],
): Promise<readonly NarrowedProject[]> {
  if (wanted.length === 0) {
    throw badRequest('projects can not be empty! Leave it out for a token that is not narrowed', {
      reason: 'FIELD_REQUIRED',
      member: 'projects',
    });
  }
  const narrowed: NarrowedProject[] = [];
  for (const { projectName, roles } of wanted) {
    const project = await stores.projects.find(lookupName(projectName));
    if (!project || (await rolesIn(stores, caller, project)) === undefined) {
      throw badRequest(projectNotFound(projectName).message, { reason: 'NOT_FOUND', member: 'projects' });
    }
    if (narrowed.some(({ projectId }) => projectId === project.id)) {
      throw badRequest(`projects names project (name: ${project.name}) twice!`, {
        reason: 'FIELD_NOT_VALID',
        member: 'projects',
      });
    }
    narrowed.push({ projectId: project.id, projectName: project.name, roles: knownRoles(roles) });
  }
  return narrowed;
}

function tokenNotFound(name: string): KeyplaneError {
  return badRequest(`Token (name: ${shownText(name)}) is not found!`, { reason: 'NOT_FOUND' });
}

function beyondToken(): KeyplaneError {
  return new KeyplaneError(
    'forbidden',
    'A narrowed token only makes tokens for its own projects, with its own roles, that expire no later than it does',
  );
}
