import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { request } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pino } from 'pino';
import { Gauge, Registry } from 'prom-client';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type Manager, startManager } from '../../src/compose/manager.ts';
import { readManagerConfig } from '../../src/config.ts';
import { createMetricsText } from '../../src/metrics/metrics-text.ts';
import { badHosts } from '../support/hosts.ts';
import { createAuthority } from '../tls/support/certificates.ts';

let dataDir: string;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'keyplane-metrics-'));
});
afterAll(() => rm(dataDir, { recursive: true }));

async function started(
  settings: Readonly<Record<string, string>>,
): Promise<{ manager: Manager; metricsUrl: string }> {
  const lines: { readonly msg: string; readonly url: string }[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)));
      done();
    },
  });
  const config = readManagerConfig({ KEYPLANE_PORT: '0', KEYPLANE_DATA_DIR: dataDir, ...settings });
  const manager = await startManager(config, pino(stream));
  onTestFinished(() => manager.close());
  const { url = '' } = lines.find(({ msg }) => msg === 'metrics have their own listener') ?? {};
  return { manager, metricsUrl: url };
}

test('with KEYPLANE_METRICS_PORT metrics have a listener of their own, and the main one answers 404', async () => {
  const { manager, metricsUrl } = await started({ KEYPLANE_METRICS_PORT: '0' });
  expect(metricsUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/metrics$/);
  const own = await fetch(metricsUrl);
  expect(own.status).toBe(200);
  expect(own.headers.get('content-type')).toMatch(/^text\/plain/);
  expect(await own.text()).toContain('keyplane_refusals_total{cause="upgrade_limit"} 0');
  const main = await fetch(`${manager.url}/metrics`);
  expect(main.status).toBe(404);
  expect(await main.json()).toMatchObject({ reason: 'ROUTE_NOT_FOUND' });
  expect((await fetch(new URL('/readyz', metricsUrl))).status).toBe(404);
  expect((await fetch(metricsUrl, { method: 'POST' })).status).toBe(405);
});

test('two Host headers and a Host that is none are rejected, and end the connection', async () => {
  const { metricsUrl } = await started({ KEYPLANE_METRICS_PORT: '0' });
  for (const lines of ['Host: a\r\nHost: b', ...badHosts.map((host) => `Host: ${host}`)]) {
    const client = connect(Number(new URL(metricsUrl).port), '127.0.0.1');
    client.write(`GET /metrics HTTP/1.1\r\n${lines}\r\n\r\n`, 'latin1');
    expect(await text(client)).toMatch(/^HTTP\/1\.1 400 [\s\S]*Connection: close[\s\S]*Host header/);
  }
});

test('with TLS it has HSTS', async () => {
  const authority = await createAuthority();
  onTestFinished(() => authority.remove());
  const { certFile, keyFile } = await authority.issue('manager', ['IP:127.0.0.1']);
  const { metricsUrl } = await started({
    KEYPLANE_METRICS_PORT: '0',
    KEYPLANE_TLS_CERT: certFile,
    KEYPLANE_TLS_KEY: keyFile,
  });
  const sent = request(metricsUrl, { ca: await readFile(authority.caFile) }).end();
  const [{ statusCode, headers }] = await once(sent, 'response');
  expect([statusCode, headers['strict-transport-security']]).toEqual([200, 'max-age=31536000']);
});

test('without it the main listener answers', async () => {
  const { manager } = await started({});
  expect((await fetch(`${manager.url}/metrics`)).status).toBe(200);
});

test('a port of metrics that is in use stops the start with the name of the setting', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  onTestFinished(() => void other.close());
  const { port } = other.address() as AddressInfo;
  const config = readManagerConfig({
    KEYPLANE_PORT: '0',
    KEYPLANE_DATA_DIR: dataDir,
    KEYPLANE_METRICS_PORT: String(port),
  });
  await expect(startManager(config, pino({ level: 'silent' }))).rejects.toThrow(
    `KEYPLANE_METRICS_PORT is ${port}, which is in use on 127.0.0.1: a free port is accepted`,
  );
});

test('metrics are computed at most once a second, regardless of the number of requests', async () => {
  let written = 0;
  const registry = new Registry();
  new Gauge({
    name: 'counted',
    help: 'Counted',
    registers: [registry],
    collect() {
      written += 1;
    },
  });
  let nowMs = 0;
  const metrics = createMetricsText(registry, () => nowMs);
  const texts = await Promise.all(Array.from({ length: 100 }, () => metrics.text()));
  nowMs = 999;
  texts.push(await metrics.text());
  expect({ written, texts: new Set(texts).size }).toEqual({ written: 1, texts: 1 });
  nowMs = 1_000;
  await metrics.text();
  expect(written).toBe(2);
});
