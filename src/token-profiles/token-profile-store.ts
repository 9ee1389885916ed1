import type { TokenProfile } from './token-profile.ts';

export interface TokenProfileListQuery {
  readonly search?: string;
  readonly sort: { readonly field: 'name' | 'createdAt' | 'updatedAt'; readonly descending: boolean };
  readonly offset: number;
  readonly limit: number;
}

export interface TokenProfileStore {
  find(projectId: string, name: string): Promise<TokenProfile | undefined>;
  /** In the order of `ids`; those that are not there are left out. */
  getMany(ids: readonly string[]): Promise<readonly TokenProfile[]>;
  list(
    projectId: string,
    query: TokenProfileListQuery,
  ): Promise<{ readonly profiles: readonly TokenProfile[]; readonly total: number }>;
  idsOfProject(projectId: string, afterId: string, limit: number): Promise<readonly string[]>;
  /** Those that sign with this ring, or encrypt to this ring or JWK, by name. */
  using(objectId: string): Promise<readonly TokenProfile[]>;
  insert(profile: TokenProfile): Promise<void>;
  update(profile: TokenProfile): Promise<void>;
  delete(id: string): Promise<void>;
}

export interface TokenProfileStores {
  readonly tokenProfiles: TokenProfileStore;
}
