/** The tables that operators check first. */
const shown: readonly (readonly [table: string, noun: string])[] = [
  ['projects', 'projects'],
  ['environments', 'environments'],
  ['users', 'users'],
  ['jwks', 'JWKs'],
  ['materials', 'certificates, keys and keystores'],
  ['nodes', 'nodes'],
  ['audit_records', 'audit records'],
];

/** @param rows by table */
export function rowCounts(rows: Readonly<Record<string, number>>): string {
  const total = Object.values(rows).reduce((sum, count) => sum + count, 0);
  const parts = shown.map(([table, noun]) => `${rows[table] ?? 0} ${noun}`);
  return `${parts.join(', ')}; ${total} rows in total`;
}
