import { expect, test } from 'vitest';
import { parseAllowList } from '../../src/sources/safe-fetch/safe-fetch.ts';

function shown(text: string) {
  const { hosts, cidrs } = parseAllowList(text);
  return [...hosts, ...cidrs.map(({ network, prefixBits }) => `${network.toString()}/${prefixBits}`)];
}

test('hosts, addresses and ranges are read, whatever separates them', () => {
  expect(shown('')).toEqual([]);
  expect(shown(' , \n')).toEqual([]);
  expect(shown('Keys.Internal., a-b_c,10.0.0.0/8\t::1  fd00::/8,0.0.0.0/0, ::/0 bücher.example')).toEqual([
    'keys.internal',
    'a-b_c',
    'xn--bcher-kva.example',
    '10.0.0.0/8',
    '::1/128',
    'fd00::/8',
    '0.0.0.0/0',
    '::/0',
  ]);
});

test('the IPv4-mapped form of a range is the IPv4 range', () => {
  expect(shown('::ffff:10.0.0.0/104 ::ffff:127.0.0.1')).toEqual(['10.0.0.0/8', '127.0.0.1/32']);
});

test.each([
  ['10.0.0.5/8', 'it has bits after its prefix, 10.0.0.0/8 has none'],
  ['fd00::1/8', 'it has bits after its prefix, fd00::/8 has none'],
  ['10.0.0.0/33', 'a number from 0 to 32'],
  ['10.0.0.0/', 'a number from 0 to 32'],
  ['10.0.0.0/-1', 'a number from 0 to 32'],
  ['10.0.0.0/8/8', 'a number from 0 to 32'],
  ['fd00::/129', 'a number from 0 to 128'],
  ['10.0/8', 'before the slash is not an IP address'],
  ['keys.internal/8', 'before the slash is not an IP address'],
  ['fe80::%eth0/10', 'before the slash is not an IP address'],
  ['fe80::1%eth0', 'a zone is not supported'],
  ['127.1', 'an address is written 127.0.0.1 here'],
  ['2130706433', 'an address is written 127.0.0.1 here'],
  ['0177.0.0.1', 'an address is written 127.0.0.1 here'],
  ['https://keys.internal', 'before the slash'],
  ['keys.internal:8080', 'it is not a host name'],
  ['[::1]', 'it is not a host name'],
  ['*.internal', 'it is not a host name'],
  ['.internal', 'it is not a host name'],
  ['user@keys', 'it is not a host name'],
  ['keys;other', 'it is not a host name'],
])('%s stops with its name and its reason', (item, reason) => {
  const text = `keys.example ${item}`;
  expect(() => parseAllowList(text)).toThrow(`"${item}" is not accepted: `);
  expect(() => parseAllowList(text)).toThrow(reason);
});
