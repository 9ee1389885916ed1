// Changes over the API reach connected nodes from memory: the database is not read for them, and each message is what the
// database would have given.

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { StatePage } from '../../src/deployments/state-page.ts';
import type { RunningNode } from '../../src/node/start-node.ts';
import { type Api, startTestManager, type TestManager } from '../support/manager.ts';
import { makeCurveKey } from './support/sample-keys.ts';

const base = '/apiops/projects/MyProject';
let world: TestManager;
let api: Api;
const nodes: RunningNode[] = [];

interface Sent {
  readonly environmentId: string;
  readonly page: StatePage;
}
let sent: Map<string, Sent>;
let fromDatabase: number;

beforeAll(async () => {
  world = await startTestManager({ environments: ['production', 'test'] });
  ({ api } = world);
  // The first change of an environment has no history to follow.
  await create('first', makeCurveKey('P-256'));
  nodes.push(await world.addNode('production', 'whole'));
  nodes.push(await world.addNode('production', 'reduced', { privateKeys: false }));
  nodes.push(await world.addNode('test', 'other'));
  const { pages, store } = world.manager.services;
  // The looks by the clock find a change between its commit and its deployment, too, and then read it.
  Object.assign(store, { changeMark: () => 'nothing was committed' });
  const { recent, next } = pages;
  Object.assign(pages, {
    recent(...position: Parameters<typeof recent>) {
      const page = recent(...position);
      const [environmentId] = position;
      if (page) sent.set(`${environmentId} ${page.from}`, { environmentId, page });
      return page;
    },
    next(...position: Parameters<typeof next>) {
      fromDatabase += 1;
      return next(...position);
    },
  });
});
afterAll(() => world?.close());

beforeEach(() => {
  sent = new Map();
  fromDatabase = 0;
});

async function create(name: string, jwk: object) {
  const body = { name, sourceType: 'COPY_PASTE', jwkStr: JSON.stringify(jwk) };
  return requireDone(await api('POST', `${base}/jwks/`, body));
}

function requireDone(answer: { readonly status: number; readonly body: unknown }) {
  expect(answer).toMatchObject({ status: 200 });
  return answer;
}

function shown({ publicChanges, changes, ...page }: StatePage) {
  return { ...page, changes: JSON.parse(changes), publicChanges: JSON.parse(publicChanges()) };
}

/** Of both environments, and nothing was read back. A key ring may move on by itself: then it is compared again. */
async function expectSentFromMemory(): Promise<void> {
  const { pages } = world.manager.services;
  await expect
    .poll(async () => {
      const latest = new Map([...sent.values()].map((one) => [one.environmentId, one.page]));
      expect(latest.size).toBe(2);
      for (const [environmentId, page] of latest) {
        const before = fromDatabase;
        const read = await pages.next(environmentId, { after: page.from, tombstonesAbove: 0 }, page.to);
        fromDatabase = before;
        expect(shown(read as StatePage)).toEqual(shown(page));
      }
      return fromDatabase;
    })
    .toBe(0);
}

const ec = { type: 'EC', ec: { curveType: 'P256', algorithm: 'ES256' } };

test.each<[what: string, change: () => Promise<unknown>]>([
  [
    'a created JWK',
    () => create('made', { ...makeCurveKey('P-256'), kid: 'made', use: 'sig', alg: 'ES256' }),
  ],
  [
    'a generated JWK',
    async () => requireDone(await api('POST', `${base}/jwks/generate`, { name: 'generated', ...ec })),
  ],
  [
    'a JWK with another value',
    async () =>
      requireDone(
        await api('PUT', `${base}/jwks/made/`, {
          name: 'made',
          sourceType: 'COPY_PASTE',
          jwkStr: JSON.stringify(makeCurveKey('P-384')),
        }),
      ),
  ],
  ['a deleted JWK', async () => requireDone(await api('DELETE', `${base}/jwks/made/`))],
  [
    'a key ring with its first keys',
    async () =>
      requireDone(await api('POST', `${base}/key-rings/`, { name: 'api', maxTokenLifetime: 'PT1H', ...ec })),
  ],
  [
    'a token profile',
    async () =>
      requireDone(
        await api('POST', `${base}/token-profiles/`, {
          name: 'tokens',
          keyRingName: 'api',
          issuer: 'https://issuer.example',
          audiences: ['https://api.example'],
        }),
      ),
  ],
  [
    'an application',
    async () =>
      requireDone(
        await api('POST', `${base}/applications/`, {
          name: 'checkout',
          grants: [{ keyRingName: 'api', operations: ['SIGN'] }],
        }),
      ),
  ],
  ['a deleted application', async () => requireDone(await api('DELETE', `${base}/applications/checkout/`))],
])('%s reaches connected nodes from memory, as the database has it', async (_what, change) => {
  await change();
  await expectSentFromMemory();
});

test('changes at the same time reach connected nodes in order, in fewer messages than there are changes', async () => {
  const names = Array.from({ length: 24 }, (_, index) => `together-${index}`);
  await Promise.all(names.map((name) => create(name, { ...makeCurveKey('P-256'), kid: name })));
  expect(fromDatabase).toBe(0);
  const { keys } = (await (
    await fetch(`${nodes[0]?.url}/projects/MyProject/.well-known/jwks.json`)
  ).json()) as {
    keys: { kid: string }[];
  };
  expect(keys.map(({ kid }) => kid)).toEqual(expect.arrayContaining(names));
  const ofOne = [...sent.values()].filter(
    ({ environmentId }) => environmentId === [...sent.values()][0]?.environmentId,
  );
  expect(ofOne.length).toBeLessThan(names.length);
});

test('a repeated request with an Idempotency-Key waits for the nodes again, without what the first one carried', async () => {
  const headers = {
    authorization: `Bearer ${api.token}`,
    'content-type': 'application/json',
    'idempotency-key': 'k1',
  };
  const body = JSON.stringify({
    name: 'keyed',
    sourceType: 'COPY_PASTE',
    jwkStr: JSON.stringify({ ...makeCurveKey('P-256'), kid: 'keyed' }),
  });
  const request = () => fetch(`${world.url}${base}/jwks/`, { method: 'POST', headers, body });
  expect(await (await request()).json()).toMatchObject({ success: true });
  const [row] = await world.raw("select targets from idempotency_keys where idempotency_key = 'k1'");
  expect(JSON.parse(String(row?.targets)).targets.map(Object.keys)).toEqual([
    ['environmentId', 'revision'],
    ['environmentId', 'revision'],
  ]);
  await world.raw("update idempotency_keys set answer = null where idempotency_key = 'k1'");
  expect(await (await request()).json()).toMatchObject({ success: true });
});
