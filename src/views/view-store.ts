import type { View } from './view.ts';

export interface ViewListQuery {
  readonly search?: string;
  readonly sort: { readonly field: 'name' | 'createdAt' | 'updatedAt'; readonly descending: boolean };
  readonly offset: number;
  readonly limit: number;
}

export interface ViewStore {
  find(projectId: string, name: string): Promise<View | undefined>;
  /** In the order of `ids`; those that are not there are left out. */
  getMany(ids: readonly string[]): Promise<readonly View[]>;
  list(
    projectId: string,
    query: ViewListQuery,
  ): Promise<{ readonly views: readonly View[]; readonly total: number }>;
  idsOfProject(projectId: string, afterId: string, limit: number): Promise<readonly string[]>;
  /** Those of the project that include or exclude this key ring or JWK by its name, by name. */
  naming(projectId: string, objectId: string): Promise<readonly View[]>;
  insert(view: View): Promise<void>;
  update(view: View): Promise<void>;
  delete(id: string): Promise<void>;
}

export interface ViewStores {
  readonly views: ViewStore;
}
