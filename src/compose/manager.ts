// The manager as a whole: settings in, a listening server out. Its parts are connected in `services.ts`; neither file
// contains business rules.

import { mkdir } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import { Registry } from 'prom-client';
import type { ManagerConfig, TlsSettings } from '../config.ts';
import { createRateLimits } from '../http/limits/rate-limits.ts';
import { type MetricsListener, startMetricsListener } from '../http/metrics-listener.ts';
import { serveNodeStreams } from '../http/node-stream.ts';
import { buildServer } from '../http/server.ts';
import { createMetricsText } from '../metrics/metrics-text.ts';
import { Refusals } from '../metrics/refusals.ts';
import { TlsFiles } from '../runtime/tls-files.ts';
import { allowsText } from '../sources/safe-fetch/allow-list.ts';
import { version } from '../version.ts';
import { composeServices, type Services } from './services.ts';

export interface Manager {
  /** Without a trailing slash. */
  readonly url: string;
  readonly port: number;
  readonly adminUser: string;
  /** Made at this start; `password` is secret and undefined when it was given. */
  readonly firstAdmin: { readonly username: string; readonly password: string | undefined } | undefined;
  readonly services: Services;
  /** Finishes what it acknowledged, then ends. */
  close(): Promise<void>;
}

/** After the patience that requests under way are given, their connections are cut. */
const cutAfterMs = 12_000;

/** @throws Error with one line for the operator */
export async function startManager(config: ManagerConfig, log: Logger): Promise<Manager> {
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 });
  const tls = config.tls && (await openTls(config.tls, log));
  const metrics = new Registry();
  const refusals = new Refusals({ metrics, log });
  const services = await composeServices(config, log, metrics, refusals);
  const { access, deployments, pages, admission, store } = services;
  let metricsListener: MetricsListener | undefined;
  try {
    const made = await access.ensureFirstAdmin({
      username: config.adminUser,
      password: config.adminPassword,
    });
    const metricsText = createMetricsText(metrics);
    const server = buildServer({
      services: { ...services, ...access, ready: () => store.ping() },
      logger: log,
      metrics,
      metricsText: config.metricsListener ? undefined : metricsText,
      refusals,
      version,
      rateLimits: createRateLimits(config.rateLimits),
      tls,
      isTrustedProxy: (address) => allowsText(config.trustedProxies, address),
    });
    const streams = serveNodeStreams(server.server, {
      ...admission,
      deployments,
      pages,
      log,
      refusals,
      requiresCertificate: config.tls?.clientCaFile !== undefined,
      isTrustedProxy: (address) => allowsText(config.trustedProxies, address),
    });
    // After the requests under way, which wait for confirmations; and before the server waits for its connections,
    // of which an upgraded one never ends by itself.
    server.addHook('preClose', async () => streams.close());
    const { metricsListener: own } = config;
    if (own) {
      metricsListener = await startMetricsListener({
        ...own,
        metricsText,
        tls,
        onError: (error) => log.error({ err: error }, 'metrics could not be written'),
      }).catch((error: unknown) => {
        throw listenError(error, { ...own, setting: 'KEYPLANE_METRICS' });
      });
      const url = urlOf(tls, metricsListener.server.address() as AddressInfo);
      log.info({ url: `${url}/metrics` }, 'metrics have their own listener');
    }
    services.refresher.start();
    services.keySetFollower.start();
    services.ringScheduler.start();
    services.expirationWatch.start();
    services.absentNodes.start();
    services.outletRunner.start();
    services.webhookRunner.start();
    services.maintenance.start();
    await server.listen({ host: config.host, port: config.port });
    const { port } = server.server.address() as AddressInfo;
    return {
      url: urlOf(tls, server.server.address() as AddressInfo),
      port,
      adminUser: config.adminUser,
      firstAdmin: made && { username: made.username, password: made.generatedPassword },
      services,
      async close() {
        const cut = setTimeout(() => server.server.closeAllConnections(), cutAfterMs);
        await server.close();
        await metricsListener?.close();
        clearTimeout(cut);
        tls?.close();
        await services.close();
      },
    };
  } catch (error) {
    await metricsListener?.close();
    tls?.close();
    await services.close();
    throw listenError(error, { ...config, setting: 'KEYPLANE' });
  }
}

function urlOf(tls: TlsFiles | undefined, { address, port }: AddressInfo): string {
  const host = tls?.hostFor(address) ?? address;
  return `${tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function openTls({ certFile, keyFile, clientCaFile }: TlsSettings, log: Logger): Promise<TlsFiles> {
  return TlsFiles.open({
    cert: { setting: 'KEYPLANE_TLS_CERT', path: certFile },
    key: { setting: 'KEYPLANE_TLS_KEY', path: keyFile },
    clientCa:
      clientCaFile === undefined ? undefined : { setting: 'KEYPLANE_TLS_CLIENT_CA', path: clientCaFile },
    log,
  });
}

interface Listening {
  readonly host: string;
  readonly port: number;
  /** What the names of its two settings begin with. */
  readonly setting: string;
}

function listenError(error: unknown, { host, port, setting }: Listening): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') {
    return new Error(`${setting}_PORT is ${port}, which is in use on ${host}: a free port is accepted`);
  }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EACCES') {
    return new Error(`${setting}_HOST and ${setting}_PORT (${host}:${port}) cannot be listened on (${code})`);
  }
  return error;
}
