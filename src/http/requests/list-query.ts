import { z } from 'zod';
import { badRequest } from '../../errors.ts';
import { shownText } from '../../names.ts';

/** Without paging a list returns everything, up to this many. */
const unpagedLimit = 1_000;
const defaultPageSize = 20;

/** Arrives as text, which `readPage` reads. */
const whole = (description: string, maximum: number) =>
  z.string().optional().meta({ type: 'integer', minimum: 1, maximum, description });
const mostItems = 100;
const mostPages = 1_000_000;

/** The parameters of a list that is never returned as a whole. */
export const pageQuery = z.strictObject({
  page: whole('1 is the first', mostPages),
  size: whole(`Items a page, default ${defaultPageSize}`, mostItems),
});

/** The parameters of every other list. */
export const listQuery = z.strictObject({
  page: whole('1 is the first; asks for paging', mostPages),
  size: whole(`Items a page, default ${defaultPageSize}; asks for paging`, mostItems),
  sort: z.string().optional().describe('A field and a direction, such as `name,asc`'),
  search: z.string().max(256).optional().describe('Part of the name or description'),
});

export interface ListPage<Field extends string> {
  readonly search?: string;
  readonly sort: { readonly field: Field; readonly descending: boolean };
  readonly offset: number;
  readonly limit: number;
}

/** @throws KeyplaneError `bad_request` that names the parameter and what it takes */
export function readListQuery<Field extends string>(
  query: z.infer<typeof listQuery>,
  fields: readonly [Field, ...Field[]],
): ListPage<Field> {
  const sort = readSort(query.sort, fields);
  // PostgreSQL keeps no NUL, so none can be a part of what is searched.
  if (query.search?.includes('\0'))
    throw badRequest('search is not valid! It can not hold NUL', {
      reason: 'FIELD_NOT_VALID',
      member: 'search',
    });
  const search = query.search === undefined || query.search === '' ? {} : { search: query.search };
  if (query.page === undefined && query.size === undefined) {
    return { ...search, sort, offset: 0, limit: unpagedLimit };
  }
  return { ...search, sort, ...readPage(query) };
}

/** @throws KeyplaneError `bad_request` that names the parameter and what it takes */
export function readPage(query: { readonly page?: string | undefined; readonly size?: string | undefined }) {
  const limit = readNumber(query.size ?? String(defaultPageSize), { name: 'size', most: mostItems });
  const page = readNumber(query.page ?? '1', { name: 'page', most: mostPages });
  return { offset: (page - 1) * limit, limit };
}

function readNumber(text: string, { name, most }: { name: string; most: number }): number {
  const value = /^\d{1,7}$/.test(text) ? Number(text) : 0;
  if (value >= 1 && value <= most) return value;
  throw badRequest(`${name} (${shownText(text)}) is not valid! It takes a whole number from 1 to ${most}`, {
    reason: 'FIELD_NOT_VALID',
    member: name,
  });
}

function readSort<Field extends string>(text: string | undefined, fields: readonly [Field, ...Field[]]) {
  if (text === undefined || text === '') return { field: fields[0], descending: false };
  const [name, direction = 'asc', ...rest] = text.split(',').map((part) => part.trim());
  const field = fields.find((known) => known === name);
  const known = direction === 'asc' || direction === 'desc';
  if (field !== undefined && known && rest.length === 0) return { field, descending: direction === 'desc' };
  throw badRequest(
    `sort (${shownText(text)}) is not valid! It takes a field and asc or desc, such as name,asc; fields: ${fields.join(', ')}`,
    { reason: 'FIELD_NOT_VALID', member: 'sort' },
  );
}
