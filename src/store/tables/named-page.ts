// A page of the objects of a project: those whose name or description holds the search text, sorted, with the number of all.

import type { Selectable, SelectQueryBuilder } from 'kysely';
import type { Tables } from '../database-schema.ts';
import { matchesSearch } from './search-pattern.ts';

/** They have the columns that are searched and sorted by. */
type NamedTable = 'applications' | 'key_rings' | 'materials' | 'outlets' | 'token_profiles' | 'views';

const sortColumns = Object.freeze({
  name: 'name',
  createdAt: 'created_at',
  updatedAt: 'updated_at',
} as const);

export interface NamedPageQuery {
  readonly search?: string | undefined;
  readonly sort: { readonly field: keyof typeof sortColumns; readonly descending: boolean };
  readonly offset: number;
  readonly limit: number;
}

export interface NamedPage<Table extends NamedTable> {
  readonly rows: readonly Selectable<Tables[Table]>[];
  readonly total: number;
}

/** @throws KeyplaneError `bad_request` for a search text that is too long */
export async function namedPage<Table extends NamedTable>(
  given: SelectQueryBuilder<Tables, Table, object>,
  { search, sort, offset, limit }: NamedPageQuery,
): Promise<NamedPage<Table>> {
  // Safe to cast: only columns are used that each of the tables has.
  let matching = given as unknown as SelectQueryBuilder<Tables, 'views', object>;
  if (search !== undefined && search !== '') {
    matching = matching.where((e) => matchesSearch(search, [e.ref('name'), e.ref('description')]));
  }
  const counted = await matching.select((e) => e.fn.countAll<number>().as('count')).executeTakeFirst();
  const direction = sort.descending ? 'desc' : 'asc';
  const rows = await matching
    .selectAll()
    .orderBy(sortColumns[sort.field], direction)
    .orderBy('id', direction)
    .limit(limit)
    .offset(offset)
    .execute();
  return { rows: rows as unknown as NamedPage<Table>['rows'], total: Number(counted?.count ?? 0) };
}
