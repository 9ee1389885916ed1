// A user's search text as a LIKE pattern over lower-cased columns. Both dialects fold ASCII letters only in
// `lower` (PostgreSQL because the columns have the C collation), so the text is folded the same way here. The escape is no backslash, which
// PostgreSQL reads in two ways, by a setting.

import { type Expression, type SqlBool, sql } from 'kysely';
import { badRequest } from '../../errors.ts';

/** SQLite refuses patterns above 50,000 bytes; nothing that long is a part of a name. */
const longestSearch = 1000;

/** @throws KeyplaneError `bad_request` */
export function matchesSearch(
  search: string,
  columns: readonly Expression<string | null>[],
): Expression<SqlBool> {
  if (search.length > longestSearch) {
    throw badRequest(`search can not be longer than ${longestSearch} characters!`, {
      reason: 'FIELD_NOT_VALID',
      member: 'search',
    });
  }
  const folded = search.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  const pattern = `%${folded.replace(/[!%_]/g, '!$&')}%`;
  return sql<SqlBool>`(${sql.join(
    columns.map((column) => sql`lower(${column}) like ${pattern} escape '!'`),
    sql` or `,
  )})`;
}
