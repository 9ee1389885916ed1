import type { ProjectScope } from '../access/caller.ts';
import type { ApplicationStores } from '../applications/application-store.ts';
import type { AuditLog, AuditStore } from '../audit/audit-log.ts';
import { alteredInDatabase, badRequest } from '../errors.ts';
import type { PrivateJwk } from '../jose/jwk.ts';
import { publicJwk, publicMembersOf } from '../jose/public-part.ts';
import { lookupName, shownText } from '../names.ts';
import type { Sealer } from '../sealing/sealed.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import { type ExportedFile, type ExportRequest, exportPrivateJwk } from './export-jwk.ts';
import { jwkEvent } from './jwk-event.ts';
import type { JwkListQuery, JwkStores, StoredJwk } from './jwk-store.ts';
import type { Refresh, RefreshStores } from './refresh/refresh-store.ts';
import type { MemberRingStores, RingOfMember } from './ring-member.ts';
import { ringOf } from './ring-membership.ts';
import { openPrivateJwk } from './sealed-members.ts';

/** A JWK, and how its URL is followed if it is. */
export interface JwkWithRefresh {
  readonly stored: StoredJwk;
  readonly refresh: Refresh | undefined;
  /** That it belongs to. */
  readonly ring: RingOfMember | undefined;
  /** When an application last used it at a node, rounded down to the minute. */
  readonly lastUsedAt: Date | undefined;
}

export interface JwkReader {
  list(
    projectId: string,
    query: JwkListQuery,
  ): Promise<{ readonly jwks: readonly JwkWithRefresh[]; readonly total: number }>;
  /** @throws KeyplaneError `bad_request` when it is not there */
  get(projectId: string, name: string): Promise<JwkWithRefresh>;
  /**
   * The same, with a record of who is about to see its private members, where it has any.
   * @throws KeyplaneError `bad_request` when it is not there
   */
  reveal(scope: ProjectScope, name: string): Promise<JwkWithRefresh>;
  /** The members that make up the key: all of them, or the public ones only (for an OCT key, what names it). */
  privateMaterial(stored: StoredJwk): PrivateJwk;
  publicMaterial(stored: StoredJwk): Readonly<Record<string, unknown>>;
  exportPrivate(stored: StoredJwk, request: ExportRequest): ExportedFile;
}

export interface JwkReaderOptions {
  readonly store: UnitOfWork<JwkReaderStores>;
  readonly sealer: Sealer;
  readonly audit: AuditLog;
}

type JwkReaderStores = JwkStores &
  ApplicationStores &
  RefreshStores &
  MemberRingStores & { readonly audit: AuditStore };

export function createJwkReader({ store, sealer, audit }: JwkReaderOptions): JwkReader {
  return {
    list: (projectId, query) =>
      store.read(async (stores) => {
        const { jwks, total } = await stores.jwks.list(projectId, query);
        const followed = jwks.filter(({ sourceUrl }) => sourceUrl !== null).map(({ id }) => id);
        const refreshes = new Map((await stores.refreshes.getMany(followed)).map((one) => [one.jwkId, one]));
        const ringIds = jwks.flatMap(({ member }) => member?.ringId ?? []);
        const rings = new Map(
          (await stores.rings.getMany([...new Set(ringIds)])).map((ring) => [ring.id, ring]),
        );
        const lastUsed = await stores.applications.lastUsed(jwks.map(({ id }) => id));
        const found = jwks.map((stored) => ({
          stored,
          refresh: refreshes.get(stored.id),
          ring: rings.get(stored.member?.ringId ?? ''),
          lastUsedAt: lastUsed.get(stored.id),
        }));
        return { jwks: found, total };
      }),
    get: (projectId, name) => store.read((stores) => requireJwk(stores, projectId, name)),
    async reveal(scope, name) {
      const jwk = await store.read((stores) => requireJwk(stores, scope.projectId, name));
      if (jwk.stored.privateMembers === null || !isExportable(jwk)) return jwk;
      await store.write((stores) => audit.append(stores, jwkEvent('reveal', scope, jwk.stored)));
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

/** A member of a key ring whose private keys may not leave is shown as a public key. */
export function isExportable({ ring }: JwkWithRefresh): boolean {
  return ring === undefined || ring.policy.exportable;
}

async function requireJwk(stores: JwkReaderStores, projectId: string, name: string): Promise<JwkWithRefresh> {
  const stored = await stores.jwks.find(projectId, lookupName(name));
  if (!stored) throw badRequest(`JWK (name: ${shownText(name)}) is not found!`, { reason: 'NOT_FOUND' });
  if (stored.altered) throw alteredInDatabase(`JWK (name: ${stored.name})`);
  const lastUsed = await stores.applications.lastUsed([stored.id]);
  return {
    stored,
    refresh: await stores.refreshes.find(stored.id),
    ring: await ringOf(stores, stored),
    lastUsedAt: lastUsed.get(stored.id),
  };
}
