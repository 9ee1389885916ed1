import { expect, test } from 'vitest';
import { rowCounts } from '../../src/cli/maintenance/row-counts.ts';

test('a backup names one row in the singular and several in the plural', () => {
  expect(rowCounts({ projects: 1, jwks: 2, materials: 1, other: 6 })).toBe(
    '1 project, 0 environments, 0 users, 2 JWKs, 1 certificate, key or keystore, 0 nodes, 0 audit records; 10 rows in total',
  );
});
