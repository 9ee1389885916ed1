// What a receiver can do to a delivery: answer slowly, answer with more than a status, redirect, or not be there.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSafeFetch, parseAllowList, type SafeFetch } from '../../src/sources/safe-fetch/safe-fetch.ts';
import { sendWebhook } from '../../src/webhooks/send-webhook.ts';
import { readWebhookSecret } from '../../src/webhooks/signature.ts';
import { startTcpServer, type TestServer } from '../support/http-servers.ts';

const key = readWebhookSecret(`whsec_${Buffer.alloc(32, 1).toString('base64')}`) as Buffer;
const body = {
  type: 'jwk.created',
  timestamp: '2026-11-29T09:00:00.000Z',
  data: { projectName: 'MyProject', objectType: 'jwk', objectName: 'one' },
};
let safeFetch: SafeFetch;
const servers: TestServer[] = [];
beforeAll(() => {
  safeFetch = createSafeFetch({ allow: parseAllowList('127.0.0.1') });
});
afterAll(async () => {
  await safeFetch.close();
  for (const server of servers) await server.close();
});

async function sendTo(talk: Parameters<typeof startTcpServer>[0], readTimeoutMs = 60_000) {
  const server = await startTcpServer(talk);
  servers.push(server);
  const limits = { connectTimeoutMs: 60_000, readTimeoutMs };
  const sender = { safeFetch, clock: () => new Date(), limits };
  return sendWebhook(sender, { url: `${server.origin}/hook`, keysAt: () => [key] }, { id: 'id', body });
}

test('a receiver that drips its answer is given up after the time limit', async () => {
  const outcome = await sendTo((socket) => {
    socket.on('data', () => {});
    socket.write('HTTP/1.1 200 OK\r\n');
    const drip = setInterval(() => socket.write('x-drip: 1\r\n'), 20);
    socket.on('close', () => clearInterval(drip));
  }, 400);
  expect(outcome).toMatchObject({ result: 'FAILED' });
  expect(outcome).toHaveProperty('error', expect.stringContaining('timed out after 400 ms'));
});

test('a body that never ends delays nothing: the status is the answer', async () => {
  const outcome = await sendTo((socket) => {
    socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\nx'));
  });
  expect(outcome).toEqual({ result: 'DELIVERED' });
});

test('a connection that is closed without an answer is a failure', async () => {
  const outcome = await sendTo((socket) => socket.once('data', () => socket.destroy()));
  expect(outcome).toHaveProperty('error', expect.stringContaining('closed the connection'));
});

test('what is no HTTP is a failure', async () => {
  const outcome = await sendTo((socket) => socket.once('data', () => socket.end('SSH-2.0-none\r\n')));
  expect(outcome).toMatchObject({ result: 'FAILED' });
});

test('a delivery while the manager stops is no failure of the receiver', async () => {
  const stopping = createSafeFetch({ allow: parseAllowList('127.0.0.1') });
  await stopping.close();
  const sender = { safeFetch: stopping, clock: () => new Date() };
  const target = { url: 'http://127.0.0.1:9/', keysAt: () => [key] };
  expect(await sendWebhook(sender, target, { id: 'id', body })).toEqual({ result: 'INTERRUPTED' });
});
