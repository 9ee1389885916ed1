// Gives all test files of a run one folder for one PostgreSQL, which the first that needs it starts.

import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { stopPostgresIn } from './postgres-server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    postgresFolder: string;
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'keyplane-postgres-'));
  project.provide('postgresFolder', folder);
  return () => stopPostgresIn(folder);
}
