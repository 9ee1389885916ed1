// Gives all test files of a run one folder for one PostgreSQL, which the first that needs it starts. With the URL
// of a superuser in TEST_POSTGRES_URL they use that server instead, such as one of another version.

import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { stopPostgresIn } from './postgres-server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    postgresFolder: string;
    database: 'sqlite' | 'postgres';
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'keyplane-postgres-'));
  const given = process.env.TEST_POSTGRES_URL;
  if (given !== undefined) {
    await mkdir(join(folder, 'starting'));
    await writeFile(join(folder, 'url'), given);
  }
  project.provide('postgresFolder', folder);
  return () => stopPostgresIn(folder);
}
