import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../support/manager.ts';
import {
  type ListeningWorld,
  openListeningWorld,
  postHead,
  refused,
  requestLine,
} from './support/listening-world.ts';
import { answerIn, drip, rawSocket } from './support/raw-socket.ts';

let world: ListeningWorld;
beforeAll(async () => {
  world = await openListeningWorld();
  await world.call('POST', '/apiops/projects/', { body: { name: 'MyProject' } });
  await world.call('POST', '/apiops/environments/', { body: { name: 'production', type: 'TEST' } });
});
afterAll(() => world.close());

describe('a request', () => {
  const get = (headers: string) => `${requestLine('GET', '/healthz')}${headers}Connection: close\r\n\r\n`;
  const headersTooLarge = refused(431, 'bad_request', 'The request headers are too large!');
  const tooManyHeaders = refused(400, 'bad_request', 'The request has more than 100 headers!');
  const noHttp = refused(400, 'bad_request', /not a valid HTTP/);
  const numbered = (count: number) => Array.from({ length: count }, (_, at) => `x${at}:\r\n`).join('');
  const post = (length: string) => postHead(world, { length });

  test.each<[what: string, request: () => string, answer: object]>([
    ['one header of 20 kB', () => get(`X-Long: ${'x'.repeat(20_000)}\r\n`), headersTooLarge],
    ['20 kB of headers', () => get(numbered(2_500)), headersTooLarge],
    ['101 headers', () => get(numbered(99)), tooManyHeaders],
    ['300 headers of one name', () => get('a:\r\n'.repeat(300)), tooManyHeaders],
    ['an address of 20 kB', () => `${requestLine('GET', `/${'x'.repeat(20_000)}`)}\r\n`, headersTooLarge],
    ['a query of 20 kB', () => `${requestLine('GET', `/docs?x=${'x'.repeat(20_000)}`)}\r\n`, headersTooLarge],
    ['no HTTP in it', () => '\x16\x03\x01\x02\x00\r\n\r\n', noHttp],
    ['two lengths of one body', () => post('Content-Length: 2\r\nContent-Length: 3'), noHttp],
    ['a length and chunks', () => post('Content-Length: 2\r\nTransfer-Encoding: chunked'), noHttp],
  ])('with %s is refused, and others are served', async (_what, request, answer) => {
    const { ended } = await rawSocket(world.port, request());
    expect(answerIn(await ended)).toEqual(answer);
    await world.othersAreServed();
  });

  test('with 100 headers is answered', async () => {
    const { ended } = await rawSocket(world.port, get(numbered(98)));
    expect(answerIn(await ended).status).toBe(200);
  });

  test('that announces too large a body is refused before it is sent', async () => {
    const one = await rawSocket(world.port, post('Content-Length: 2000000'));
    await until(() => one.heard().includes('}'), 'the refusal comes');
    expect(answerIn(one.heard())).toEqual(refused(413, 'payload_too_large', /larger than 1048576 bytes/));
    one.socket.destroy();
  });

  test('a client that goes on sending a body that is too large keeps its connection, and reads the refusal', async () => {
    const one = await rawSocket(world.port, post('Content-Length: 2000000'));
    await until(() => one.heard().includes('}'), 'the refusal comes');
    one.socket.write(' '.repeat(2_000_000));
    one.socket.write(get(''));
    const answers = (await one.ended).split(/(?=HTTP\/1\.1 )/);
    expect(answers.map((answer) => answerIn(answer).status)).toEqual([413, 200]);
  });

  test('a client whose body has no end is rejected at its limit and closed, and others are served', async () => {
    const one = await rawSocket(world.port, post('Transfer-Encoding: chunked'));
    drip(one, `10000\r\n${' '.repeat(65_536)}\r\n`, 5);
    await world.othersAreServed();
    const heard = await one.ended;
    expect(answerIn(heard)).toMatchObject({ status: 413, body: { error: 'payload_too_large' } });
    await world.othersAreServed();
  });

  test.each([
    ['deeper than 32 levels', '['.repeat(100_000), /^Request body is nested deeper than 32 levels!$/],
    [
      'of more than 50,000 members',
      `[${'1,'.repeat(60_000)}1]`,
      /^Request body has more than 50000 members!$/,
    ],
  ])('of JSON %s is refused, and others are served', async (_what, json, text) => {
    const head = post(`Content-Length: ${json.length}\r\nConnection: close`);
    const one = await rawSocket(world.port, head + json);
    await world.othersAreServed();
    expect(answerIn(await one.ended)).toEqual(refused(400, 'bad_request', text));
  });
});

describe('an upload', () => {
  const path = '/apiops/projects/MyProject/certificates/';
  const part = (name: string, value: string, file = '') =>
    `--x\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n${value}\r\n`;
  const asFile = '; filename="a.pem"';
  const parts = (count: number, bytes: number) =>
    Array.from({ length: count }, (_, at) => part(`part-${at}`, 'x'.repeat(bytes))).join('');

  test.each([
    ['of 21 parts', parts(21, 1)],
    ['of 5,000 parts', parts(5_000, 1)],
    [
      'with a field of more than 64 KiB, which would be another when cut off',
      part('pemEncodedFile', 'x'.repeat(65_537)),
    ],
    ['with a file of one byte too many', part('pemEncodedFile', 'x'.repeat(1024 * 1024 + 1), asFile)],
  ])('%s is refused with 413, and others are served', async (_what, text) => {
    const body = `${text}--x--\r\n`;
    const length = `Content-Length: ${body.length}\r\nConnection: close`;
    const head = postHead(world, { length, type: 'multipart/form-data; boundary=x', path });
    const one = await rawSocket(world.port, head + body);
    await world.othersAreServed();
    await until(() => one.heard().includes('}'), 'the refusal comes');
    expect(answerIn(one.heard())).toEqual(
      refused(413, 'payload_too_large', /^The upload is too large! A file takes/),
    );
    one.socket.destroy();
    expect((await world.call('GET', path)).json().resultCount).toBe(0);
  });

  test('a client whose multipart body has no end is rejected and closed, and others are served', async () => {
    const type = 'multipart/form-data; boundary=x';
    const one = await rawSocket(
      world.port,
      postHead(world, { length: 'Transfer-Encoding: chunked', type, path }),
    );
    const more = `${part('description', 'x')}`;
    drip(one, `${more.length.toString(16)}\r\n${more}\r\n`, 5);
    await until(() => one.heard().includes('}'), 'the refusal comes');
    expect(answerIn(one.heard()).status).toBeOneOf([400, 413]);
    await world.othersAreServed();
    await one.ended;
  });
});
