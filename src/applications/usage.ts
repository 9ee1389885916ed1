// Who used which key for what: the counts that nodes report, as the API lists them.

import { badRequest, type KeyplaneError } from '../errors.ts';
import { lookupName, shownText } from '../names.ts';
import { kubernetesApplication } from '../protocol/content.ts';
import { parseInstant } from '../runtime/instant.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import type { ApplicationStores, UsageFilter, UsagePage } from './application-store.ts';
import type { GrantedKeyStores } from './grants.ts';

/** Listed as an application, though none of the project stands for it. */
const kubernetesSigner = Object.freeze({ id: kubernetesApplication, name: 'kubernetes' });

const dayMs = 24 * 3600 * 1000;
const day = /^\d{4}-\d{2}-\d{2}$/;

export interface UsageRequest {
  readonly jwkName?: string | undefined;
  readonly keyRingName?: string | undefined;
  readonly applicationName?: string | undefined;
  /** A day, or an instant that stands for its day; both days are included, in UTC. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

export interface UsageItem {
  /** Null: an outlet, or applications that were deleted. */
  readonly applicationName: string | null;
  /** Absent: an application, or an outlet that was deleted. */
  readonly outletName?: string | undefined;
  readonly jwkName: string;
  /** Null: a JWK that belongs to no key ring. */
  readonly keyRingName: string | null;
  readonly operation: string;
  readonly outcome: string;
  readonly count: number;
  readonly lastUsedAt: Date;
}

export type ListUsage = (
  projectId: string,
  request: UsageRequest,
  page: UsagePage,
) => Promise<{ readonly items: readonly UsageItem[]; readonly total: number }>;

export function createUsageList(store: UnitOfWork<ApplicationStores & GrantedKeyStores>): ListUsage {
  return (projectId, request, page) =>
    store.read(async (stores) => {
      const filter = await readFilter(stores, projectId, request);
      const { usage, total } = await stores.applications.listUsage(projectId, filter, page);
      const jwks = await stores.jwks.getMany([...new Set(usage.map(({ jwkId }) => jwkId))]);
      const ringIds = jwks.flatMap(({ member }) => member?.ringId ?? []);
      const rings = await stores.rings.getMany([...new Set(ringIds)]);
      const applicationIds = usage.map(({ applicationId }) => applicationId).filter((id) => id !== '');
      const applications = await stores.applications.getMany([...new Set(applicationIds)]);
      const named = [...applications, ...jwks, ...rings, kubernetesSigner];
      const names = new Map(named.map(({ id, name }) => [id, name]));
      const others = applicationIds.filter((id) => !names.has(id));
      const outlets = await stores.applications.outletNames([...new Set(others)]);
      const ringOf = new Map(jwks.map(({ id, member }) => [id, member?.ringId ?? '']));
      const items = usage.map(({ applicationId, jwkId, ...rest }) => ({
        applicationName: names.get(applicationId) ?? null,
        outletName: outlets.get(applicationId),
        jwkName: names.get(jwkId) ?? '',
        keyRingName: names.get(ringOf.get(jwkId) ?? '') ?? null,
        ...rest,
      }));
      return { items, total };
    });
}

async function readFilter(
  stores: ApplicationStores & GrantedKeyStores,
  projectId: string,
  { jwkName, keyRingName, applicationName, from, to }: UsageRequest,
): Promise<UsageFilter> {
  const idOf = async (
    what: string,
    member: string,
    given: string | undefined,
    find: (name: string) => Promise<{ readonly id: string } | undefined>,
  ) => {
    if (given === undefined) return undefined;
    const found = await find(lookupName(given));
    if (found) return found.id;
    throw badRequest(`${what} (name: ${shownText(given)}) is not found!`, { reason: 'NOT_FOUND', member });
  };
  const fromDay = readDay(from, 'from');
  const toDay = readDay(to, 'to');
  if (fromDay !== undefined && toDay !== undefined && fromDay > toDay) {
    throw badRequest('from must not be later than to!', { reason: 'FIELD_NOT_VALID', member: 'from' });
  }
  return {
    jwkId: await idOf('JWK', 'jwkName', jwkName, (name) => stores.jwks.find(projectId, name)),
    keyRingId: await idOf('Key ring', 'keyRingName', keyRingName, (name) =>
      stores.rings.find(projectId, name),
    ),
    applicationId: await idOf('Application', 'applicationName', applicationName, async (name) => {
      const found = await stores.applications.find(projectId, name);
      return found ?? (name === kubernetesSigner.name ? kubernetesSigner : undefined);
    }),
    fromDay,
    toDay,
  };
}

/** Days since 1970-01-01, in UTC. @throws KeyplaneError `bad_request` */
function readDay(text: string | undefined, member: 'from' | 'to'): number | undefined {
  if (text === undefined || text === '') return undefined;
  const instant = parseInstant(day.test(text) ? `${text}T00:00:00Z` : text);
  if (instant === undefined) throw notADay(text, member);
  return Math.floor(instant.getTime() / dayMs);
}

function notADay(text: string, member: string): KeyplaneError {
  return badRequest(
    `${member} (${shownText(text)}) is not valid! It takes an ISO 8601 date, such as 2026-11-29, or a date and time`,
    { reason: 'FIELD_NOT_VALID', member },
  );
}
