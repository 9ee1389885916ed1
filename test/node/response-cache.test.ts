import { expect, test } from 'vitest';
import type { ServeLimit } from '../../src/node/lease/serve-limit.ts';
import { NodeState } from '../../src/node/node-state.ts';
import type { HistoricalJwks } from '../../src/node/serve/historical-jwks.ts';
import { JwkSets } from '../../src/node/serve/jwk-sets.ts';
import { ResponseCache } from '../../src/node/serve/response-cache.ts';

function readyAnswers(): ResponseCache {
  const state = new NodeState();
  const sets = new JwkSets(() => 0);
  state.follow(sets);
  const changes = new Map();
  const environment = { id: '1', name: 'production' };
  const step = { environment, changes, revision: 1, digest: state.digest, lineage: undefined };
  state.apply({ ...step, incomplete: false, reset: true });
  const metrics = {
    requests: () => ({ count: 0 }),
    text: () => expect.unreachable(),
    contentType: '',
    close: () => undefined,
  };
  const serveLimit = { isOver: false, limitMs: undefined } as ServeLimit;
  const historical = {} as HistoricalJwks;
  const sources = { state, sets, serveLimit, historical, metrics, status: () => expect.unreachable() };
  return new ResponseCache({ sources, clock: () => 0, keepAliveSeconds: 65 });
}

test('all spellings of a target have one answer, and no more than 1,024 of them are remembered', () => {
  const answers = readyAnswers();
  const first = answers.find('/.well-known/jwks.json');
  expect(first?.published.payload).toBe('{"keys":[]}');
  for (let spelling = 0; spelling < 3_000; spelling += 1) {
    expect(answers.find(`/.well-known/jwks.json?${spelling}`)).toBe(first);
    expect(answers.size).toBeLessThanOrEqual(1_024);
  }
});

test.each([
  '/metrics',
  '/status',
  '/healthz',
  '/readyz',
  '/',
  '/projects/A/.well-known/jwks.json',
  '/%FF',
  '*',
])('the cache has no response, and does not compute one, for %s', (target) => {
  const answers = readyAnswers();
  expect(answers.find(target)).toBeUndefined();
  expect(answers.size).toBe(0);
});
