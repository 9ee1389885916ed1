import { afterAll, beforeAll, expect, test } from 'vitest';
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
  world = await openListeningWorld({ headersMs: 2_000, requestMs: 4_000, lookEveryMs: 50 });
});
afterAll(() => world.close());

const half = () => requestLine('GET', '/healthz');

test.concurrent.each<[what: string, start: () => string, more: string | undefined]>([
  ['says nothing at all', () => '', undefined],
  ['says a half of its headers and no more', half, undefined],
  ['sends a header every now and then', half, 'X-Slow: 1\r\n'],
  ['sends a body byte by byte', () => postHead(world, { length: 'Content-Length: 1000' }), ' '],
  [
    'sends a body chunk by chunk',
    () => postHead(world, { length: 'Transfer-Encoding: chunked' }),
    '1\r\n \r\n',
  ],
  ['announces a body and sends none', () => postHead(world, { length: 'Content-Length: 1000' }), undefined],
])(
  'a client that %s gets a time-out response and is closed, while others are served',
  async (_what, start, more) => {
    const slow = await Promise.all([1, 2, 3].map(() => rawSocket(world.port, start())));
    if (more !== undefined) for (const one of slow) drip(one, more, 100);
    await world.othersAreServed();
    const tooLate = refused(408, 'bad_request', 'The request did not arrive in time!');
    for (const { ended } of slow) expect(answerIn(await ended)).toEqual(tooLate);
    await world.othersAreServed();
  },
);
