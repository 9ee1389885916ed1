import type { ProjectScope } from '../access/caller.ts';
import type { AuditLog, AuditStore } from '../audit/audit-log.ts';
import { alteredInDatabase, badRequest } from '../errors.ts';
import type { PrivateJwk } from '../jose/jwk.ts';
import { publicJwk, publicMembersOf } from '../jose/public-part.ts';
import { lookupName, shownText } from '../names.ts';
import type { Sealer } from '../sealing/sealed.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import { type ExportedFile, type ExportRequest, exportPrivateJwk } from './export-jwk.ts';
import { jwkEvent } from './jwk-event.ts';
import type { JwkNouns, ListQuery, StoredJwk } from './jwk-store.ts';
import type { Refresh, RefreshNouns } from './refresh/refresh-store.ts';
import { openPrivateJwk } from './sealed-members.ts';

/** A JWK, and how its URL is followed if it is. */
export interface FoundJwk {
  readonly stored: StoredJwk;
  readonly refresh: Refresh | undefined;
}

export interface JwkFinder {
  list(
    projectId: string,
    query: ListQuery,
  ): Promise<{ readonly jwks: readonly FoundJwk[]; readonly total: number }>;
  /** @throws KeyplaneError `bad_request` when it is not there */
  get(projectId: string, name: string): Promise<FoundJwk>;
  /**
   * The same, with a record of who is about to see its private members, where it has any.
   * @throws KeyplaneError `bad_request` when it is not there
   */
  reveal(scope: ProjectScope, name: string): Promise<FoundJwk>;
  /** The members that make up the key: all of them, or the public ones only (for an OCT key, what names it). */
  privateMaterial(stored: StoredJwk): PrivateJwk;
  publicMaterial(stored: StoredJwk): Readonly<Record<string, unknown>>;
  exportPrivate(stored: StoredJwk, request: ExportRequest): ExportedFile;
}

export interface JwkFinderOptions {
  readonly store: UnitOfWork<FinderNouns>;
  readonly sealer: Sealer;
  readonly audit: AuditLog;
}

type FinderNouns = JwkNouns & RefreshNouns & { readonly audit: AuditStore };

export function createJwkFinder({ store, sealer, audit }: JwkFinderOptions): JwkFinder {
  return {
    list: (projectId, query) =>
      store.read(async (nouns) => {
        const { jwks, total } = await nouns.jwks.list(projectId, query);
        const followed = jwks.filter(({ sourceUrl }) => sourceUrl !== null).map(({ id }) => id);
        const refreshes = new Map((await nouns.refreshes.getMany(followed)).map((one) => [one.jwkId, one]));
        return { jwks: jwks.map((stored) => ({ stored, refresh: refreshes.get(stored.id) })), total };
      }),
    get: (projectId, name) => store.read((nouns) => found(nouns, projectId, name)),
    async reveal(scope, name) {
      const jwk = await store.read((nouns) => found(nouns, scope.projectId, name));
      if (jwk.stored.privateMembers === null) return jwk;
      await store.write((nouns) => audit.append(nouns, jwkEvent('reveal', scope, jwk.stored)));
      return jwk;
    },
    privateMaterial: (stored) => openPrivateJwk(sealer, stored),
    exportPrivate: (stored, request) => exportPrivateJwk(sealer, stored, request),
    publicMaterial(stored) {
      const members = JSON.parse(stored.publicMembers);
      return { ...(publicJwk(members as PrivateJwk) ?? publicMembersOf(members)) };
    },
  };
}

async function found(nouns: FinderNouns, projectId: string, name: string): Promise<FoundJwk> {
  const stored = await nouns.jwks.find(projectId, lookupName(name));
  if (!stored) throw badRequest(`JWK (name: ${shownText(name)}) is not found!`, { reason: 'NOT_FOUND' });
  if (stored.altered) throw alteredInDatabase(`JWK (name: ${stored.name})`);
  return { stored, refresh: await nouns.refreshes.find(stored.id) };
}
