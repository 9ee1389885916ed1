import { expect, test } from 'vitest';
import { BoundedLog } from '../../src/runtime/bounded-log.ts';
import { FakeTime } from '../support/fake-time.ts';

function boundedLog() {
  const time = new FakeTime();
  const lines: Record<string, unknown>[] = [];
  const log = { warn: (facts: Record<string, unknown>, text: string) => void lines.push({ ...facts, text }) };
  return { time, lines, bounded: new BoundedLog({ log, time, linesOfNetwork: 2, linesOfAll: 3 }) };
}

test('a network has a limited number of lines a minute, and one more that counts the rest', () => {
  const { bounded, lines, time } = boundedLog();
  const twice = (address: string) => {
    for (const reason of ['a', 'b']) bounded.warn(address, { reason }, 'rejected');
  };
  twice('2001:db8::1');
  twice('2001:db8::2');
  bounded.warn('2001:db8::3', {}, 'failed');
  bounded.warn('192.0.2.1', { reason: 'c' }, 'rejected');
  expect(lines).toEqual([
    { address: '2001:db8::1', reason: 'a', text: 'rejected' },
    { address: '2001:db8::1', reason: 'b', text: 'rejected' },
    { address: '192.0.2.1', reason: 'c', text: 'rejected' },
  ]);
  time.advance(60_000);
  expect(lines.slice(3)).toEqual([
    { count: 2, text: 'rejected' },
    { count: 1, text: 'failed' },
  ]);
  bounded.warn('2001:db8::1', {}, 'rejected');
  expect(lines.slice(5)).toEqual([{ address: '2001:db8::1', text: 'rejected' }]);
  time.advance(60_000);
  expect(lines).toHaveLength(6);
});

test('all networks together have a limited number of lines a minute', () => {
  const { bounded, lines } = boundedLog();
  for (const address of ['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4', null])
    bounded.warn(address, {}, 'rejected');
  expect(lines).toHaveLength(3);
  bounded.flush();
  expect(lines.slice(3)).toEqual([{ count: 2, text: 'rejected' }]);
});
