import { defineConfig } from 'vitest/config';

const shared = {
  // A test of the command line starts a dozen processes, each of which takes seconds where every core is busy.
  testTimeout: 240_000,
  hookTimeout: 120_000,
  expect: { poll: { timeout: 60_000 } },
  pool: 'forks',
  // Files that follow each other in a process share keyplane's modules: to load them takes longer than many a file does. So
  // a file leaves nothing behind in its process, and no module of `support` calls a hook where it is imported.
  isolate: false,
} as const;

/** What looks at keyplane through its rules or its API runs once over each database; `test/store` brings both itself. */
const overBothDatabases = ['access', 'api', 'environments', 'jwks', 'life', 'materials', 'security'];

/**
 * Their statements are also executed by files that run over both: every statement by `test/store`, a whole request with
 * each by the files of the same folder that are not listed here.
 */
const onceIsEnough = [
  ...filesOf('access', ['names', 'passwords', 'sign-in-limiter']),
  // How requests are read, how texts are worded, and what nodes are sent.
  ...filesOf('api', [
    'caching',
    'create-jwk-members',
    'create-jwk-messages',
    'deploy-failures',
    'documented-examples',
    'looking',
    'node-isolation',
    'node-leases',
    'node-messages',
    'public-parts',
    'rings/ring-nodes',
  ]),
  // How keys are read, checked and generated. All are stored by the same statement. `deleted-source` brings both databases.
  ...filesOf('jwks', [
    'algorithm-table',
    'certificate-chains',
    'copy-paste-keys',
    'copy-paste-sets',
    'deleted-source',
    'from-keystore',
    'from-private-address',
    'from-private-authority',
    'generate',
    'generate-refused',
    'inspect-at-once',
    'optional-members',
    'unsound-keys',
    'verified-elsewhere',
  ]),
  ...filesOf('life', ['export', 'parse-and-import']),
  // How files are read.
  ...filesOf('materials', [
    'converted-forms',
    'keystore-contents',
    'keystore-problems',
    'labels',
    'putty-keys',
    'uploads',
  ]),
  ...filesOf('security', ['answers', 'backup-files', 'roles-by-route']),
];

/** They need the built page and a browser. */
const ofTheConsole = 'test/console/**/*.test.ts';

const onPostgresOnly = ['test/security/postgres-files.test.ts'];

export default defineConfig({
  test: {
    globalSetup: ['test/support/postgres-global-setup.ts'],
    // Two cores: with two forks a third of the time is spent waiting for disks, timers and other processes.
    maxWorkers: 3,
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
          exclude: onceIsEnough,
          provide: { database: 'postgres' },
        },
      },
    ],
  },
});

function filesOf(folder: string, names: readonly string[]): readonly string[] {
  return names.map((name) => `test/${folder}/${name}.test.ts`);
}
