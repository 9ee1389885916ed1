import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { RequestHeadCache } from '../../src/node/serve/request-head-cache.ts';

function readAs(target: string, headers: Readonly<Record<string, string>> = {}): [string, IncomingMessage] {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const request = {
    method: 'GET',
    url: target,
    httpVersion: '1.1',
    headers,
    rawHeaders: Object.entries(headers).flat(),
  };
  return [`GET ${target} HTTP/1.1\r\n${lines.join('')}\r\n`, request as unknown as IncomingMessage];
}

test('heads are known by every byte of them', () => {
  const heads = new RequestHeadCache();
  const [bytes, request] = readAs('/a', { 'if-none-match': '"x"' });
  expect(heads.learn(bytes, request)).toBe(true);
  expect(heads.find(bytes)).toMatchObject({ target: '/a', ifNoneMatch: '"x"' });
  for (const other of [bytes.slice(0, -1), `${bytes}\n`, bytes.toUpperCase(), bytes.replace(': ', ':')]) {
    expect(heads.find(other)).toBeUndefined();
  }
});

test('bytes that are not exactly those of the request are not cached', () => {
  const heads = new RequestHeadCache();
  const [bytes, request] = readAs('/a');
  const [serialized] = readAs('/a', { x: '1' });
  for (const other of [
    `${bytes}${bytes}`,
    `${bytes}x`,
    bytes.replace('/a', '/b'),
    serialized,
    bytes.slice(0, -2),
  ]) {
    expect([other, heads.learn(other, request)]).toEqual([other, false]);
  }
  expect(heads.size).toBe(0);
});

test.each([
  'authorization',
  'proxy-authorization',
  'cookie',
  'content-length',
  'transfer-encoding',
  'expect',
])('no head with %s is kept', (name) => {
  const heads = new RequestHeadCache();
  expect(heads.learn(...readAs('/a', { [name]: '0' }))).toBe(false);
  expect(heads.size).toBe(0);
});

test('heads that never come again do not drive out the one that does, and are not kept without end', () => {
  const heads = new RequestHeadCache();
  const [inUse, request] = readAs('/in-use');
  heads.learn(inUse, request);
  for (let trace = 0; trace < 5_000; trace += 1) {
    heads.learn(...readAs('/a', { 'x-trace': String(trace) }));
    if (trace % 100 === 0) expect(heads.find(inUse)).toBeDefined();
  }
  expect(heads.size).toBe(512);
  for (let trace = 0; trace < 2_000; trace += 1) heads.learn(...readAs('/b', { 'x-trace': String(trace) }));
  expect(heads.find(inUse)).toBeUndefined();
});

test('a head longer than 2 KiB is not kept', () => {
  const heads = new RequestHeadCache();
  const [bytes, request] = readAs('/a', { x: '1'.repeat(2_048 - readAs('/a', { x: '' })[0].length) });
  expect(bytes.length).toBe(2_048);
  expect(heads.learn(bytes, request)).toBe(true);
  expect(heads.learn(...readAs('/a', { x: '1'.repeat(2_048) }))).toBe(false);
});
