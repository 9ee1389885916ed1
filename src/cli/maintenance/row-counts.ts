/** The tables that operators check first, with the word for one row and for several. */
const shown: readonly (readonly [table: string, one: string, several: string])[] = [
  ['projects', 'project', 'projects'],
  ['environments', 'environment', 'environments'],
  ['users', 'user', 'users'],
  ['jwks', 'JWK', 'JWKs'],
  ['materials', 'certificate, key or keystore', 'certificates, keys and keystores'],
  ['nodes', 'node', 'nodes'],
  ['audit_records', 'audit record', 'audit records'],
];

/** @param rows by table */
export function rowCounts(rows: Readonly<Record<string, number>>): string {
  const total = Object.values(rows).reduce((sum, count) => sum + count, 0);
  const parts = shown.map(([table, one, several]) => {
    const count = rows[table] ?? 0;
    return `${count} ${count === 1 ? one : several}`;
  });
  return `${parts.join(', ')}; ${total} rows in total`;
}
