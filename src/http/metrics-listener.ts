// Metrics on a separate address, so that Prometheus' network reaches nothing else and clients of the API reach no
// metrics.

import { once } from 'node:events';
import type { RequestListener, Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { MetricsText } from '../metrics/metrics-text.ts';
import { hostFault } from '../runtime/host-header.ts';
import { createServer } from '../runtime/node-http.ts';
import { strictTransport, type TlsFiles } from '../runtime/tls-files.ts';
import { trackHandshakes } from '../runtime/tls-handshakes.ts';

export interface MetricsListenerOptions {
  readonly host: string;
  readonly port: number;
  readonly metricsText: MetricsText;
  /** Plain HTTP without it. */
  readonly tls: TlsFiles | undefined;
  readonly onError: (error: unknown) => void;
}

export interface MetricsListener {
  readonly server: Server;
  close(): Promise<void>;
}

const limits = { headersTimeout: 5_000, requestTimeout: 10_000, connectionsCheckingInterval: 2_000 };
const mostConnections = 100;

/** @throws Error as `listen` does */
export async function startMetricsListener(options: MetricsListenerOptions): Promise<MetricsListener> {
  const { host, port, metricsText, tls, onError } = options;
  const onRequest: RequestListener = (request, response) => {
    const [path] = (request.url ?? '').split('?');
    const badHost = hostFault(request);
    const status = badHost
      ? 400
      : path !== '/metrics'
        ? 404
        : request.method === 'GET' || request.method === 'HEAD'
          ? 200
          : 405;
    const answer =
      status === 200 ? metricsText.text() : Promise.resolve(`${badHost ?? 'Metrics are at GET /metrics'}\n`);
    const type = status === 200 ? metricsText.contentType : 'text/plain; charset=utf-8';
    answer
      .then((text) => {
        response.writeHead(status, {
          'Content-Type': type,
          'Content-Length': Buffer.byteLength(text),
          'Cache-Control': 'no-store',
          'X-Content-Type-Options': 'nosniff',
          ...(badHost && { Connection: 'close' }),
          ...(tls && { 'Strict-Transport-Security': strictTransport }),
        });
        response.end(request.method === 'HEAD' ? undefined : text);
      })
      .catch((error: unknown) => {
        onError(error);
        response.writeHead(500).end();
      });
  };
  const { server, endHandshakes } = listener(onRequest, tls);
  server.maxConnections = mostConnections;
  server.listen(port, host);
  await once(server, 'listening');
  return {
    server,
    async close() {
      const closed = once(server, 'close');
      server.close();
      endHandshakes();
      server.closeAllConnections();
      await closed;
    },
  };
}

function listener(onRequest: RequestListener, tls: TlsFiles | undefined) {
  if (tls === undefined) return { server: createServer(limits, onRequest), endHandshakes: () => undefined };
  const server = createTlsServer({ ...limits, ...tls.serverOptions }, onRequest);
  tls.follow(server);
  return { server, endHandshakes: trackHandshakes(server) };
}
