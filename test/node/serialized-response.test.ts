import { afterEach, expect, test, vi } from 'vitest';
import { httpDate, SerializedResponse } from '../../src/node/serve/serialized-response.ts';

afterEach(() => void vi.useRealTimers());

test('the date is that of the second', () => {
  const date = httpDate();
  vi.useFakeTimers({ toFake: ['Date'] });
  for (const [now, wanted] of [
    ['2026-11-26T23:59:59.999Z', 'Thu, 26 Nov 2026 23:59:59 GMT'],
    ['2026-11-27T00:00:00.000Z', 'Fri, 27 Nov 2026 00:00:00 GMT'],
    ['2026-11-27T00:00:00.999Z', 'Fri, 27 Nov 2026 00:00:00 GMT'],
    ['2026-11-26T00:00:00.000Z', 'Thu, 26 Nov 2026 00:00:00 GMT'],
  ] as const) {
    vi.setSystemTime(now);
    expect(date()).toBe(wanted);
  }
});

test.each(['body', Buffer.from('b\u00f6dy')])('an answer has the date that it is asked for: %s', (body) => {
  const answer = new SerializedResponse({ status: 200, headers: ['A', 'b'], keepAliveSeconds: 5, body });
  const [first, again, later] = ['one', 'one', 'two'].map((date) => answer.at(date));
  expect(again).toBe(first);
  const text = (date: string) =>
    `HTTP/1.1 200 OK\r\nA: b\r\nDate: ${date}\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5\r\n\r\n${body}`;
  expect([String(first), String(later)]).toEqual([text('one'), text('two')]);
});
