import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isGlobalUnicast, parseAddress } from '../../src/sources/safe-fetch/address-rules.ts';
import {
  createSafeFetch,
  fetchLimitDefaults,
  parseAllowList,
} from '../../src/sources/safe-fetch/safe-fetch.ts';
import { type HttpTestServer, startHttpServer, unusedPort } from '../support/http-servers.ts';

const forbidden =
  'resolves to an address in a private, loopback, link-local or otherwise special range, ' +
  'which is not allowed unless KEYPLANE_URL_ALLOW names it!';
const nobody = parseAllowList('');
let server: HttpTestServer;

beforeAll(async () => {
  server = await startHttpServer((_request, response) => response.end('reached'));
});

afterAll(() => server.close());

/** Names resolve to `answers`, one list for each look-up. */
function fetchWith(allow: string, ...answers: string[][]) {
  const asked: string[] = [];
  const safeFetch = createSafeFetch({
    allow: parseAllowList(allow),
    resolve: async (host) => {
      const addresses = answers[asked.length] ?? [];
      asked.push(host);
      return addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    },
  });
  return { asked, fetch: (url: string) => safeFetch.fetch(url, fetchLimitDefaults) };
}

function spellingsOf(bytes: readonly number[]): string[] {
  const [a = 0, b = 0, c = 0, d = 0] = bytes;
  const number = ((a * 256 + b) * 256 + c) * 256 + d;
  const octal = (part: number) => `0${part.toString(8)}`;
  const hex = (part: number) => `0x${part.toString(16)}`;
  const wide = (text: string) => text.replace(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit)));
  const dotted = bytes.join('.');
  const high = (a * 256 + b).toString(16);
  const low = (c * 256 + d).toString(16);
  return [
    dotted,
    `${dotted}.`,
    `${number}`,
    hex(number),
    octal(number),
    `${a}.${number % 0x1000000}`,
    `${a}.${b}.${number % 0x10000}`,
    bytes.map(octal).join('.'),
    bytes.map(hex).join('.'),
    `${octal(a)}.${hex(b)}.${c}.${d}`,
    wide(dotted),
    dotted.replaceAll('.', '。'),
    dotted.replaceAll('.', '%2e'),
    dotted.replace(/^\d/, (digit) => `%3${digit}`),
    `[::ffff:${dotted}]`,
    `[::ffff:${high}:${low}]`,
    `[0:0:0:0:0:FFFF:${high}:${low}]`,
    `[::${dotted}]`,
    `[::ffff:0:${dotted}]`,
    `[64:ff9b::${dotted}]`,
    `[64:ff9b:1::${dotted}]`,
    `[2002:${high}:${low}::1]`,
    `[2001:0:${high}:${low}::1]`,
    `[2606:4700::5efe:${dotted}]`,
    `[2606:4700::200:5efe:${dotted}]`,
  ];
}

const specialIpv4Blocks = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];

function addressWithin(block: string, host: number): number[] {
  const [network = '', prefixBits] = block.split('/');
  const start = network.split('.').reduce((number, part) => number * 256 + Number(part), 0);
  const number = start + (host % 2 ** (32 - Number(prefixBits)));
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256);
}

describe('an address in a special range', () => {
  test.each(spellingsOf([127, 0, 0, 1]))('http://%s is refused and never connected to', async (spelling) => {
    const before = server.connectionCount();
    const { fetch, asked } = fetchWith('', ['8.8.8.8']);
    await expect(fetch(`http://${spelling}:${server.port}/`)).rejects.toThrow(forbidden);
    expect(asked).toEqual([]);
    expect(server.connectionCount()).toBe(before);
  });

  test('is refused in every spelling of IPv4, wherever it lies in its range', async () => {
    const special = fc
      .tuple(fc.constantFrom(...specialIpv4Blocks), fc.nat(0xffffffff))
      .map(([block, host]) => addressWithin(block, host));
    await fc.assert(
      fc.asyncProperty(special, async (bytes) => {
        const { fetch } = fetchWith('', []);
        for (const spelling of spellingsOf(bytes)) {
          await expect(fetch(`http://${spelling}/`), spelling).rejects.toThrow(forbidden);
        }
      }),
      { numRuns: 60 },
    );
  });

  test.each([
    '[::]',
    '[::1]',
    '[0:0:0:0:0:0:0:1]',
    '[fe80::1]',
    '[febf::1]',
    '[fec0::1]',
    '[fc00::1]',
    '[fd00:ec2::254]',
    '[ff02::1]',
    '[100::1]',
    '[2001::1]',
    '[2001:2::1]',
    '[2001:10::1]',
    '[2001:20::1]',
    '[2001:db8::1]',
    '[2002:808:808::1]',
    '[3fff::1]',
    '[5f00::1]',
    '[4000::1]',
    '[2620:4f:8000::1]',
    '[64:ff9b:1::808:808]',
    '[::8.8.8.8]',
    '0',
    '255.255.255.255',
    '168.63.129.16',
    '192.175.48.1',
    '169.254.169.254',
  ])('%s is refused', async (host) => {
    await expect(fetchWith('').fetch(`http://${host}/`)).rejects.toThrow(forbidden);
  });

  test.each([
    '[fe80::1%25eth0]',
    '[fe80::1%eth0]',
    '256.0.0.1',
    '1.2.3.4.5',
    '0x100000000',
    '127.0.0.1%00',
    '[::1',
    '[127.0.0.1]',
  ])('%s is no host at all', async (host) => {
    await expect(fetchWith('').fetch(`http://${host}/`)).rejects.toThrow('URL is not valid!');
  });

  test('is refused in the same words whether or not something listens there', async () => {
    const messageOf = (port: number) =>
      fetchWith('')
        .fetch(`http://127.0.0.1:${port}/`)
        .then(
          () => 'no error',
          (error: Error) => error.message.replace(`:${port}/`, ':PORT/'),
        );
    expect(await messageOf(server.port)).toBe(await messageOf(await unusedPort()));
  });
});

test.each([
  '8.8.8.8',
  '1.1.1.1',
  '100.63.255.255',
  '100.128.0.0',
  '172.15.255.255',
  '172.32.0.0',
  '192.0.1.0',
  '198.17.255.255',
  '198.20.0.0',
  '223.255.255.255',
  '2606:4700:4700::1111',
  '2001:4860:4860::8888',
  '2a00:1450::1',
  '::ffff:8.8.8.8',
  '64:ff9b::8.8.8.8',
])('%s is global unicast', (text) => {
  const address = parseAddress(text);
  expect(address !== undefined && isGlobalUnicast(address)).toBe(true);
});

describe('a name', () => {
  test.each([
    ['one private address', ['10.1.2.3']],
    ['a private address behind a public one', ['8.8.8.8', '127.0.0.1']],
    ['a public address behind a private one', ['::1', '2606:4700::1']],
    ['a mapped address', ['::ffff:169.254.169.254']],
    ['a link-local address with its zone', ['fe80::1%eth0']],
    ['what is no address', ['localhost']],
  ])('that resolves to %s is refused', async (_what, addresses) => {
    await expect(fetchWith('', addresses).fetch('http://keys.example/')).rejects.toThrow(forbidden);
  });

  test.each(['localhost', 'LOCALHOST', 'localhost.', 'ⓛocalhost', 'local%68ost'])(
    '%s is refused with the resolver of this machine',
    async (host) => {
      const safeFetch = createSafeFetch({ allow: nobody });
      // Not every resolver knows `localhost.`; that none of them reaches it is what counts.
      await expect(safeFetch.fetch(`http://${host}:${server.port}/`, fetchLimitDefaults)).rejects.toThrow(
        /special range|is not found|did not respond/,
      );
    },
  );

  test('is resolved once for each hop, and the address that was checked is the one connected to', async () => {
    const other = await startHttpServer((_request, response) => response.end('checked'), {
      host: '127.0.0.2',
    });
    const { fetch, asked } = fetchWith('127.0.0.2', ['127.0.0.2'], ['127.0.0.1'], ['127.0.0.1']);
    const { body } = await fetch(`http://rebinding.example:${other.port}/`);
    expect(body.toString()).toBe('checked');
    expect(asked).toEqual(['rebinding.example']);
    await other.close();
  });

  test('that changes its answer to a private address is refused at the redirect to itself', async () => {
    const other = await startHttpServer(
      (_request, response) => response.writeHead(302, { location: '/again' }).end(),
      {
        host: '127.0.0.2',
      },
    );
    const { fetch, asked } = fetchWith('127.0.0.2', ['127.0.0.2'], ['127.0.0.1']);
    await expect(fetch(`http://rebinding.example:${other.port}/`)).rejects.toThrow(forbidden);
    expect(asked).toHaveLength(2);
    expect(other.connectionCount()).toBe(1);
    await other.close();
  });

  test('in the allow list may resolve to anything, in any case and with a trailing dot', async () => {
    for (const host of ['Keys.Internal', 'keys.internal.']) {
      const { fetch } = fetchWith('keys.INTERNAL', ['127.0.0.1']);
      expect((await fetch(`http://${host}:${server.port}/`)).body.toString()).toBe('reached');
    }
  });

  test('in the allow list does not open its sub-domains or its address', async () => {
    const { fetch } = fetchWith('keys.internal', ['127.0.0.1']);
    await expect(fetch('http://a.keys.internal/')).rejects.toThrow(forbidden);
    await expect(fetch('http://127.0.0.1/')).rejects.toThrow(forbidden);
  });
});

describe('an allowed range', () => {
  test.each(['127.0.0.1', '[::ffff:127.0.0.1]', '2130706433'])('opens %s', async (host) => {
    const { fetch } = fetchWith('10.0.0.0/8, 127.0.0.0/8');
    expect((await fetch(`http://${host}:${server.port}/`)).body.toString()).toBe('reached');
  });

  test('does not open its neighbours', async () => {
    const { fetch } = fetchWith('127.0.0.0/31');
    await expect(fetch('http://127.0.0.2/')).rejects.toThrow(forbidden);
    await expect(fetch('http://[::1]/')).rejects.toThrow(forbidden);
    await expect(fetch('http://[::127.0.0.1]/')).rejects.toThrow(forbidden);
  });
});
