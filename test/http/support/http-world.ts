// The manager's HTTP server over everything that it serves for real, with its log kept for reading.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import type { LightMyRequestResponse as Answer, InjectOptions, RouteOptions } from 'fastify';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import type { Caller } from '../../../src/access/caller.ts';
import { composeServices, type Services } from '../../../src/compose/services.ts';
import type { HttpServices } from '../../../src/http/http-services.ts';
import type { KeyplaneServer } from '../../../src/http/keyplane-server.ts';
import { buildServer, type ServerOptions } from '../../../src/http/server.ts';
import { createMetricsText } from '../../../src/metrics/metrics-text.ts';
import { Refusals } from '../../../src/metrics/refusals.ts';
import { parseAllowList } from '../../../src/sources/safe-fetch/allow-list.ts';
import { rawSqlite } from '../../support/databases.ts';
import { dropPostgresDatabase, rawPostgres } from '../../support/postgres-databases.ts';
import { createDatabase } from '../../support/schema-templates.ts';

export const passwords = Object.freeze({ admin: 'password of admin', ada: 'password of ada' });

export interface HttpWorld {
  readonly app: KeyplaneServer;
  readonly metrics: Registry;
  readonly refusals: Refusals;
  readonly routes: readonly RouteOptions[];
  readonly services: HttpServices & Pick<Services, 'store' | 'admission' | 'deployments' | 'pages'>;
  /** `ada` is a user without roles. */
  readonly tokens: { readonly admin: string; readonly ada: string };
  logLines(): readonly Record<string, unknown>[];
  /** The text of the log. */
  logText(): string;
  /** Runs SQL outside the manager. */
  raw(sql: string): Promise<readonly Record<string, unknown>[]>;
  /** As the administrator, unless another token is given, or null for none. */
  call(method: Method, url: string, options?: CallOptions): Promise<Answer>;
  close(): Promise<void>;
}

export type Method = NonNullable<InjectOptions['method']>;

export interface CallOptions {
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly token?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is. */
  readonly payload?: string | Buffer;
}

export interface HttpWorldOptions {
  readonly ready?: () => Promise<void>;
  readonly server?: Partial<ServerOptions>;
  /** Before the server is ready: for routes that only a test needs. */
  readonly prepare?: (app: KeyplaneServer) => void;
}

export async function openHttpWorld(options: HttpWorldOptions = {}): Promise<HttpWorld> {
  const dataDir = await mkdtemp(join(tmpdir(), 'keyplane-http-'));
  const log = keptLog();
  const databaseUrl = await createDatabase(dataDir);
  const composed = await composeServices(configOf(dataDir, databaseUrl), log.logger);
  const { access, store } = composed;
  const services = { ...composed, ...access, ready: options.ready ?? (() => store.ping()) };
  const metrics = new Registry();
  const refusals = new Refusals({ metrics, log: log.logger });
  const app = buildServer({
    services,
    logger: log.logger,
    metrics,
    metricsText: createMetricsText(metrics),
    refusals,
    version: '0.0.0-test',
    ...options.server,
  });
  const routes: RouteOptions[] = [];
  app.addHook('onRoute', (route) => {
    routes.push(route);
  });
  options.prepare?.(app);
  await app.ready();
  const tokens = await tokensOf(services);
  return {
    app,
    metrics,
    refusals,
    routes,
    services,
    tokens,
    raw: (sql) =>
      databaseUrl === undefined
        ? rawSqlite(join(dataDir, 'keyplane.db'), sql)
        : rawPostgres(databaseUrl, sql),
    logLines: log.lines,
    logText: log.text,
    call: (method, url, { body, token = tokens.admin, headers = {}, payload } = {}) =>
      app.inject({
        method,
        url,
        headers: {
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
        ...(payload === undefined ? {} : { payload }),
      }),
    async close() {
      await app.close();
      await composed.close();
      if (databaseUrl !== undefined) await dropPostgresDatabase(databaseUrl);
      await rm(dataDir, { recursive: true });
    },
  };
}

export async function callerNamed({ store }: Pick<Services, 'store'>, username: string): Promise<Caller> {
  const user = await store.read((stores) => stores.users.find(username));
  if (!user) throw new Error(`no user ${username}`);
  return {
    userId: user.id,
    username,
    admin: user.admin,
    narrowed: null,
    tokenId: 'of a test',
    tokenKind: 'PERSONAL',
    tokenExpiresAt: null,
  };
}

async function tokensOf(services: HttpWorld['services'] & Services['access']) {
  await services.ensureFirstAdmin({ username: 'admin', password: passwords.admin });
  const admin = await callerNamed(services, 'admin');
  await services.users.create(admin, { username: 'ada', password: passwords.ada });
  const ada = await callerNamed(services, 'ada');
  const tokenOf = async (caller: Caller) =>
    (await services.tokens.create(caller, { name: 'of-the-test' })).secretToken;
  return { admin: await tokenOf(admin), ada: await tokenOf(ada) };
}

function configOf(dataDir: string, databaseUrl: string | undefined) {
  return {
    host: '127.0.0.1',
    port: 0,
    dataDir,
    databaseUrl,
    masterKey: undefined,
    masterKeyFile: undefined,
    adminUser: 'admin',
    adminPassword: undefined,
    urlAllow: parseAllowList(''),
    urlCa: undefined,
    caching: { maxAge: 300, staleWhileRevalidate: 60, staleIfError: 0 },
    deployTimeoutMs: 1000,
    trustedProxies: { hosts: [], cidrs: [] },
    rateLimits: { user: 0, address: 0 },
    tls: undefined,
    metricsListener: undefined,
  };
}

function keptLog() {
  const chunks: string[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(String(chunk));
      done();
    },
  });
  const text = () => chunks.join('');
  const lines = () =>
    text()
      .split('\n')
      .filter(Boolean)
      .map((line): Record<string, unknown> => JSON.parse(line));
  return { logger: pino({ level: 'info' }, stream), text, lines };
}
