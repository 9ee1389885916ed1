import type { OutletKindName } from './kinds/kinds.ts';
import type { DeliveryStateName, Outlet } from './outlet.ts';

export interface OutletListQuery {
  readonly search?: string;
  readonly sourceId?: string;
  readonly sort: { readonly field: 'name' | 'createdAt' | 'updatedAt'; readonly descending: boolean };
  readonly offset: number;
  readonly limit: number;
}

/** The delivery to a node, or by the manager for an environment. */
export interface OutletDelivery {
  readonly outletId: string;
  readonly environmentId: string;
  /** Empty where the manager delivers. */
  readonly nodeId: string;
  /** Of the environment whose content was delivered last; 0: none. */
  readonly revision: number;
  /** SHA-256 of what was delivered last, hex; null: nothing. */
  readonly digest: string | null;
  readonly state: DeliveryStateName;
  readonly deliveredAt: Date | null;
  /** Of what is to be delivered now. */
  readonly attempts: number;
  readonly lastError: string | null;
  /** Of the outlet, when it was delivered last; only where the manager delivers. */
  readonly generation?: number;
  /** The version of a secret that was written last; only where the manager delivers. */
  readonly remoteVersion?: number | null;
  /** By the clock of the database. */
  readonly updatedAt: Date;
}

export interface OutletStore {
  find(projectId: string, name: string): Promise<Outlet | undefined>;
  /** In the order of `ids`; those that are not there are left out. */
  getMany(ids: readonly string[]): Promise<readonly Outlet[]>;
  list(
    projectId: string,
    query: OutletListQuery,
  ): Promise<{ readonly outlets: readonly Outlet[]; readonly total: number }>;
  idsOfProject(projectId: string, afterId: string, limit: number): Promise<readonly string[]>;
  /** All of a project. */
  ofProject(projectId: string): Promise<readonly Outlet[]>;
  /** Of all projects, by id. */
  generationsOf(kind: OutletKindName): Promise<ReadonlyMap<string, number>>;
  /** Those whose source this is, by name. */
  using(sourceId: string): Promise<readonly Outlet[]>;
  insert(outlet: Outlet): Promise<void>;
  update(outlet: Outlet): Promise<void>;
  delete(id: string): Promise<void>;
}

export interface OutletDeliveryStore {
  ofOutlets(outletIds: readonly string[]): Promise<readonly OutletDelivery[]>;
  /** Replaces what was known of each. */
  put(deliveries: readonly Omit<OutletDelivery, 'updatedAt'>[]): Promise<void>;
  /** By outlet id: digests of what the manager began to write and has not recorded as delivered, the newest last. */
  writesOf(outletIds: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>;
  /** Replaces them; none: what was written is recorded. */
  putWrites(outletId: string, digests: readonly string[]): Promise<void>;
  /** In environments other than these. */
  deleteOutside(outletId: string, environmentIds: readonly string[]): Promise<void>;
}

export interface OutletStores {
  readonly outlets: OutletStore;
  readonly outletDeliveries: OutletDeliveryStore;
}
