import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
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

test.each(['proxy-authorization', 'content-length', 'transfer-encoding', 'expect'])(
  'no head with %s is kept',
  (name) => {
    const heads = new RequestHeadCache();
    expect(heads.learn(...readAs('/a', { [name]: '0' }))).toBe(false);
    expect(heads.size).toBe(0);
  },
);

describe('a header whose value changes no answer', () => {
  test.each(['cookie', 'Authorization', 'traceparent', 'X-Request-ID', 'x-forwarded-for'])(
    '%s is kept without its value',
    (name) => {
      const heads = new RequestHeadCache();
      const [first, request] = readAs('/a', { accept: '*/*', [name]: 'secret=1', te: 'trailers' });
      const [second, other] = readAs('/a', { accept: '*/*', [name]: 'another, 2', te: 'trailers' });
      expect(heads.learn(first, request)).toBe(true);
      expect(heads.find(second)).toMatchObject({ target: '/a' });
      // The key is the same, so that neither value is a part of it.
      expect([heads.learn(second, other), heads.size]).toEqual([false, 1]);
    },
  );

  test('may stand there more than once', () => {
    const heads = new RequestHeadCache();
    const [bytes, request] = readAs('/a', { cookie: 'a', traceparent: '1', Cookie: 'b' });
    expect(heads.learn(bytes, request)).toBe(true);
    expect(heads.find(bytes.replace(': 1', ': 2').replace(': b', ': c'))).toBeDefined();
  });

  test.each(['', ' a', 'a ', 'a\tb', '\xff', 'a\0b', 'a\nb', 'a\rb', 'a\x7f', 'a\xffb', 'a\x7fb', '\r\n b'])(
    'makes a head unknown with %j',
    (value) => {
      const heads = new RequestHeadCache();
      expect(heads.learn(...readAs('/a', { cookie: value }))).toBe(false);
      heads.learn(...readAs('/a', { cookie: 'a' }));
      expect(heads.find(readAs('/a', { cookie: value })[0])).toBeUndefined();
    },
  );

  test('is found in the bytes and in what was parsed of them, or nothing is kept', () => {
    const heads = new RequestHeadCache();
    expect(heads.learn(...readAs('/a', { x: 'a\r\ncookie: b' }))).toBe(false);
  });

  test('makes a head unknown in any other place or spelling', () => {
    const heads = new RequestHeadCache();
    const [bytes, request] = readAs('/a', { accept: '*/*', cookie: 'a' });
    heads.learn(bytes, request);
    expect(heads.find(bytes)).toBeDefined();
    for (const [from, to] of [
      ['accept', 'x'],
      ['*/*', 'x'],
      ['cookie', 'Cookie'],
      ['cookie', 'x-cookie'],
      ['cookie: ', 'cookie:'],
      ['cookie: ', 'cookie : '],
      ['cookie: a', 'cookie: a\r\ncookie: a'],
      ['cookie: a', 'cookie: a\r\ncontent-length: 1'],
      ['cookie: a\r\n', 'cookie: a\n'],
      ['cookie: a\r\n', ''],
      ['\r\n\r\n', '\r\n\r\nx'],
      ['\r\n\r\n', `\r\n\r\n${bytes}`],
    ] as const) {
      expect([from, to, heads.find(bytes.replace(from, to))]).toEqual([from, to, undefined]);
    }
  });
});

test('a header of a name that is not listed is known by its value', () => {
  const heads = new RequestHeadCache();
  for (const name of ['host', 'accept', 'if-none-match', 'connection', 'x', 'x-cookie', 'cookie2']) {
    const value = name === 'connection' ? 'keep-alive' : 'a';
    const [bytes, request] = readAs('/a', { [name]: value });
    expect(heads.learn(bytes, request)).toBe(true);
    expect([name, heads.find(bytes.replace(`: ${value}`, ': b'))]).toEqual([name, undefined]);
  }
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
