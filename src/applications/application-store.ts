import type { Application } from './application.ts';

export interface ApplicationListQuery {
  readonly search?: string;
  readonly sort: { readonly field: 'name' | 'createdAt' | 'updatedAt'; readonly descending: boolean };
  readonly offset: number;
  readonly limit: number;
  /** Those that were there at this time and used no key since. */
  readonly unusedSince?: Date | undefined;
}

/** How often an application had a key used, as nodes reported it. */
export interface KeyUsage {
  /** Or `kubernetesApplication`. */
  readonly applicationId: string;
  readonly jwkId: string;
  readonly operation: string;
  readonly outcome: string;
  readonly count: number;
  readonly lastUsedAt: Date;
}

export interface UsageFilter {
  readonly jwkId?: string | undefined;
  readonly keyRingId?: string | undefined;
  readonly applicationId?: string | undefined;
  /** Days since 1970-01-01, in UTC; both are included. Without either: of all time. */
  readonly fromDay?: number | undefined;
  readonly toDay?: number | undefined;
}

export interface UsagePage {
  readonly sort: { readonly field: 'lastUsedAt' | 'count'; readonly descending: boolean };
  readonly offset: number;
  readonly limit: number;
}

export interface ApplicationStore {
  find(projectId: string, name: string): Promise<Application | undefined>;
  getMany(ids: readonly string[]): Promise<readonly Application[]>;
  list(
    projectId: string,
    query: ApplicationListQuery,
  ): Promise<{ readonly applications: readonly Application[]; readonly total: number }>;
  idsOfProject(projectId: string, afterId: string, limit: number): Promise<readonly string[]>;
  /** Applications with a grant for this key ring, JWK or token profile of the project. */
  grantedFor(projectId: string, objectId: string): Promise<readonly Application[]>;
  /** Applications with a credential that names this id. */
  naming(projectId: string, objectId: string): Promise<readonly Application[]>;
  /** Applications with a credential that is no TOKEN. */
  knownBesideTokens(projectId: string): Promise<readonly Application[]>;
  insert(application: Application): Promise<void>;
  update(application: Application): Promise<void>;
  delete(id: string): Promise<void>;

  /** Adds the counts; raises `lastUsedAt`. What belongs to no application or JWK that is there is left out. */
  addUsage(usage: readonly KeyUsage[]): Promise<void>;
  /** By id: outlets have tokens issued, and are counted like applications. */
  outletNames(ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** The application of a use is '' where it was deleted. */
  listUsage(
    projectId: string,
    filter: UsageFilter,
    page: UsagePage,
  ): Promise<{ readonly usage: readonly KeyUsage[]; readonly total: number }>;
  /** Forgets what is known by day from before this day, the oldest first. Returns how many rows that were. */
  pruneUsageDays(before: Date, limit: number): Promise<number>;
  usageOf(applicationId: string): Promise<readonly KeyUsage[]>;
  /** Who last used a JWK with success; null: an application that was deleted. */
  latestUse(
    jwkId: string,
  ): Promise<{ readonly applicationName: string | null; readonly lastUsedAt: Date } | undefined>;
  /** By application id, of all operations that succeeded. */
  lastUsedBy(applicationIds: readonly string[]): Promise<ReadonlyMap<string, Date>>;
  /** By JWK id, of all applications and operations that succeeded. */
  lastUsed(jwkIds: readonly string[]): Promise<ReadonlyMap<string, Date>>;
}

export interface ApplicationStores {
  readonly applications: ApplicationStore;
}
