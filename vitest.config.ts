import { defineConfig } from 'vitest/config';

const shared = { testTimeout: 60_000, hookTimeout: 120_000, pool: 'forks' } as const;

/** What looks at keyplane through its rules or its API runs once over each database; `test/store` brings both itself. */
const overBothDatabases = ['access', 'api', 'environments', 'jwks', 'life', 'materials', 'security'];

/** What of it asks no database anything that others there do not. */
const onceIsEnough = [
  'access/names',
  'access/passwords',
  'access/sign-in-limiter',
  'jwks/algorithm-table',
  'jwks/from-private-address',
  'jwks/unsound-keys',
  'jwks/verified-elsewhere',
  'security/answers',
  'security/backup-files',
  'security/roles-by-route',
];

/** They need the built page and a browser. */
const ofTheConsole = 'test/console/**/*.test.ts';

const onPostgresOnly = ['test/security/postgres-files.test.ts'];

export default defineConfig({
  test: {
    globalSetup: ['test/support/postgres-global-setup.ts'],
    // Two cores: more forks than cores only makes the slow ones slower.
    maxWorkers: 2,
    projects: [
      {
        test: {
          ...shared,
          name: 'all',
          include: ['test/**/*.test.ts'],
          exclude: [...onPostgresOnly, ofTheConsole],
          provide: { database: 'sqlite' },
        },
      },
      {
        test: {
          ...shared,
          name: 'console',
          include: [ofTheConsole],
          globalSetup: ['test/console/support/built-console.ts'],
          provide: { database: 'sqlite' },
        },
      },
      {
        test: {
          ...shared,
          name: 'postgres',
          include: overBothDatabases.map((folder) => `test/${folder}/**/*.test.ts`),
          exclude: onceIsEnough.map((file) => `test/${file}.test.ts`),
          provide: { database: 'postgres' },
        },
      },
    ],
  },
});
