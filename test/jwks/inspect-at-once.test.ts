import { describe, expect, test } from 'vitest';
import { sourceInspection } from '../../src/jwks/inspect-source.ts';
import { onBehalfOf } from '../../src/runtime/requester.ts';
import type { SourceContext } from '../../src/sources/jwk-source.ts';

const set = (keys: number) => ({
  sourceType: 'COPY_PASTE',
  jwkStr: JSON.stringify({
    keys: Array.from({ length: keys }, (_, number) => ({ kty: 'oct', k: 'AAAA', kid: `key-${number}` })),
  }),
});
const world = {} as SourceContext;

describe('looking into many sources at once', () => {
  test('lets a key of one request wait for one key of another request, not for all hundred', async () => {
    const inspect = sourceInspection((_project, work) => work(world));
    const done: string[] = [];
    const large = inspect('project', set(100)).then(() => done.push('large'));
    const small = inspect('project', set(1)).then(() => done.push('small'));
    await Promise.all([large, small]);
    expect(done).toEqual(['small', 'large']);
  });

  test('lets keys of another user overtake those of forty requests of one user', async () => {
    const inspect = sourceInspection((_project, work) => work(world));
    const done: string[] = [];
    const ask = (user: string, keys: number) =>
      onBehalfOf(user, () => inspect('project', set(keys)).then(() => done.push(user)));
    await Promise.all([...Array.from({ length: 40 }, () => ask('a', 10)), ask('b', 10)]);
    expect(done[0]).toBe('b');
  });

  test('rejects more than 48 requests of one user, and 64 of all, until some of them are done', async () => {
    const inspect = sourceInspection((_project, work) => work(world));
    const ask = (user: string) => onBehalfOf(user, () => inspect('project', set(2)));
    const tooMany = { code: 'rate_limit_exceeded', reason: 'TOO_MANY_REQUESTS', retryAfterSeconds: 5 };
    const underWay = Array.from({ length: 48 }, () => ask('a'));
    await expect(ask('a')).rejects.toMatchObject(tooMany);
    underWay.push(...Array.from({ length: 16 }, () => ask('b')));
    await expect(ask('c')).rejects.toMatchObject(tooMany);
    const found = await Promise.all(underWay);
    expect(found.every(({ keys }) => keys.length === 2)).toBe(true);
    expect((await ask('c')).total).toBe(2);
  });

  test('keeps no place for a request that was refused for its source', async () => {
    const inspect = sourceInspection((_project, work) => work(world));
    for (let time = 0; time < 65; time += 1) {
      await expect(inspect('project', { sourceType: 'COPY_PASTE', jwkStr: '{' })).rejects.toMatchObject({
        code: 'bad_request',
      });
    }
    expect((await inspect('project', set(1))).total).toBe(1);
  });
});
