// A manager with one of everything that a backup has to bring back.

import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach } from 'vitest';
import { type Manager, startManager } from '../../../src/compose/manager.ts';
import { backUp } from '../../../src/compose/operations.ts';
import { type ManagerConfig, readManagerConfig } from '../../../src/config.ts';
import type { StoreOptions } from '../../../src/store/store.ts';
import { keystoreFixture } from '../../api/support/sample-keys.ts';
import type { FreshDatabase, TestDatabase } from '../../support/databases.ts';
import { type Api, apiOf, signedIn, silent } from '../../support/manager.ts';
import { createPostgresDatabase } from '../../support/postgres-databases.ts';

const password = 'correct horse battery';
const project = '/apiops/projects/MyProject';
const folders: string[] = [];
const managers: Manager[] = [];

/** Call it once in a test file: ends managers after each test, and removes folders after all. */
export function cleanUpInstallations(): void {
  afterEach(async () => {
    for (const manager of managers.splice(0)) await manager.close();
  });
  afterAll(async () => {
    for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
  });
}

export async function scratchFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'keyplane-operations-'));
  folders.push(folder);
  return folder;
}

/** The settings of a manager over this database, with a data directory of its own. */
export async function configOver(
  options: StoreOptions,
  settings: Readonly<Record<string, string>> = {},
): Promise<ManagerConfig> {
  const database: Record<string, string> =
    options.kind === 'sqlite'
      ? { KEYPLANE_DATA_DIR: join(options.path, '..') }
      : { KEYPLANE_DATABASE_URL: options.url, KEYPLANE_DATA_DIR: await scratchFolder() };
  return readManagerConfig({
    KEYPLANE_PORT: '0',
    KEYPLANE_ADMIN_PASSWORD: password,
    ...database,
    ...settings,
  });
}

/** The master key as settings have it. */
export async function masterKeyOf({ dataDir }: ManagerConfig): Promise<string> {
  return (await readFile(join(dataDir, 'master.key'), 'utf8')).trim();
}

export interface Installation {
  readonly manager: Manager;
  readonly api: Api;
}

/** @param token of a session that the database knows; without one the administrator signs in, which takes its time */
export async function start(config: ManagerConfig, token?: string): Promise<Installation> {
  const manager = await startManager(config, silent);
  managers.push(manager);
  const { url } = manager;
  return { manager, api: token === undefined ? await signedIn(url, 'admin', password) : apiOf(url, token) };
}

export async function stop({ manager }: Installation): Promise<void> {
  managers.splice(managers.indexOf(manager), 1);
  await manager.close();
}

/** Made once for a suite: tests take copies of it. */
export interface FilledInstallation {
  readonly options: StoreOptions;
  readonly config: ManagerConfig;
  readonly masterKey: string;
  /** A backup, made while its manager ran. */
  readonly backup: string;
  /** What its manager answered. */
  readonly answers: Readonly<Record<string, unknown>>;
  /** Of the administrator's session. */
  readonly token: string;
}

export async function fillInstallation(kind: StoreOptions['kind']): Promise<FilledInstallation> {
  const options: StoreOptions =
    kind === 'sqlite'
      ? { kind, path: join(await scratchFolder(), 'keyplane.db') }
      : { kind, url: await createPostgresDatabase() };
  const config = await configOver(options);
  const installation = await start(config);
  const { api } = installation;
  await fill(api);
  const answers = await everyAnswer(api);
  const backup = join(await scratchFolder(), 'backup');
  await backUp(config, backup);
  await stop(installation);
  return { options, config, masterKey: await masterKeyOf(config), backup, answers, token: api.token };
}

export interface InstallationCopy {
  readonly database: TestDatabase;
  readonly config: ManagerConfig;
}

/** With a data directory and a key file of its own. */
export async function copyOf(filled: FilledInstallation, fresh: FreshDatabase): Promise<InstallationCopy> {
  const database = await fresh({ copyOf: filled.options });
  const config = await configOver(database.options);
  await copyFile(join(filled.config.dataDir, 'master.key'), join(config.dataDir, 'master.key'));
  return { database, config };
}

/** One of everything that is sealed, and some of what is not. */
async function fill(api: Api): Promise<void> {
  await made(api, '/apiops/projects/', { name: 'MyProject' });
  await made(api, '/apiops/environments/', {
    name: 'production',
    type: 'PRODUCTION',
    environmentSet: true,
  });
  for (const body of [
    { name: 'ec', type: 'EC', ec: { curveType: 'P256' } },
    { name: 'okp', type: 'OKP', okp: { curveType: 'ED25519' } },
    { name: 'oct', type: 'OCT', oct: { keySize: 256 } },
  ]) {
    await made(api, `${project}/jwks/generate`, body);
  }
  const environmentName = 'production';
  const content = Buffer.from('0123456789abcdef').toString('base64');
  await made(api, `${project}/keys/`, {
    name: 'secret',
    keyType: 'SECRET_KEY',
    algorithm: 'AES',
    cryptoKeyInfoEnvironmentList: [{ environmentName, content }],
  });
  const file = keystoreFixture('java17/default.p12');
  await made(api, `${project}/keystores/`, {
    name: 'store',
    keyStoreEnvironmentList: [{ environmentName, file, password: 'changeit', keyStoreType: 'PKCS12' }],
  });
  await made(api, '/apiops/users/', { username: 'zoë', password: 'a long password' });
  await made(api, '/apiops/tokens/', { name: 'robot' });
}

/** Every answer that does not tell of the very process that gives it. */
export async function everyAnswer(api: Api): Promise<Record<string, unknown>> {
  const jwks = ['ec', 'okp', 'oct'].map((name) => `${project}/jwks/${name}`);
  const paths = [
    '/apiops/projects/',
    '/apiops/environments/',
    '/apiops/users/',
    `${project}/environments/`,
    `${project}/jwks/`,
    ...jwks.map((path) => `${path}/`),
    ...jwks.map((path) => `${path}/export-file/`),
    `${project}/keys/`,
    `${project}/keys/secret/`,
    `${project}/keystores/store/`,
    `${project}/certificates/`,
  ];
  const answers: Record<string, unknown> = {};
  for (const path of paths) {
    const { status, body } = await api('GET', path);
    if (status !== 200) throw new Error(`${path}: ${status}`);
    answers[path] = body;
  }
  return answers;
}

export async function made(api: Api, path: string, body: unknown): Promise<void> {
  const answer = await api('POST', path, body);
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
}
