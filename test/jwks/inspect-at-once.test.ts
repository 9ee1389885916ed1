import { describe, expect, it } from 'vitest';
import { createSourceInspector } from '../../src/jwks/inspect-source.ts';
import type { SourceWorld } from '../../src/sources/jwk-source.ts';

const set = (keys: number) => ({
  sourceType: 'COPY_PASTE',
  jwkStr: JSON.stringify({
    keys: Array.from({ length: keys }, (_, number) => ({ kty: 'oct', k: 'AAAA', kid: `key-${number}` })),
  }),
});
const world = {} as SourceWorld;

describe('looking into many sources at once', () => {
  it('goes key by key in turn, so that one key does not wait for a hundred of another request', async () => {
    const inspect = createSourceInspector(() => world);
    const done: string[] = [];
    const large = inspect('project', set(100)).then(() => done.push('large'));
    const small = inspect('project', set(1)).then(() => done.push('small'));
    await Promise.all([large, small]);
    expect(done).toEqual(['small', 'large']);
  });

  it('is refused beyond 64 requests, until some of them are done', async () => {
    const inspect = createSourceInspector(() => world);
    const underWay = Array.from({ length: 64 }, () => inspect('project', set(2)));
    await expect(inspect('project', set(1))).rejects.toMatchObject({
      code: 'rate_limit_exceeded',
      retryAfterSeconds: 5,
    });
    const found = await Promise.all(underWay);
    expect(found.every(({ keys }) => keys.length === 2)).toBe(true);
    expect((await inspect('project', set(1))).total).toBe(1);
  });

  it('keeps no place for a request that was refused for its source', async () => {
    const inspect = createSourceInspector(() => world);
    for (let time = 0; time < 65; time += 1) {
      await expect(inspect('project', { sourceType: 'COPY_PASTE', jwkStr: '{' })).rejects.toMatchObject({
        code: 'bad_request',
      });
    }
    expect((await inspect('project', set(1))).total).toBe(1);
  });
});
