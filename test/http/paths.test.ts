import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type HttpWorld, openHttpWorld } from './support/http-world.ts';

let world: HttpWorld;
beforeAll(async () => {
  world = await openHttpWorld();
  for (const name of ['MyProject', 'café', 'a'.repeat(128), '𝒜'.repeat(128)]) {
    await world.call('POST', '/apiops/projects/', { body: { name } });
  }
});
afterAll(() => world.close());

const environmentsOf = (encodedName: string) =>
  world.call('GET', `/apiops/projects/${encodedName}/environments`);
const notFound = (name: string) =>
  `Project(${name}) was not found or user does not have privilege to access it!`;

describe('paths', () => {
  test.each(['/apiops/projects', '/apiops/projects/', '/apiops/projects?page=1', '/apiops/projects/?page=1'])(
    'answer with and without the slash at their end: %s',
    async (url) => {
      expect((await world.call('GET', url)).statusCode).toBe(200);
    },
  );

  test.each([
    'MyProject',
    '%4DyProject',
    'caf%C3%A9',
    'cafe%CC%81',
    'a'.repeat(128),
    encodeURIComponent('𝒜'.repeat(128)),
  ])('name a project percent-encoded or not, number %#', async (encodedName) => {
    expect((await environmentsOf(encodedName)).json()).toEqual({
      success: true,
      resultList: [],
      resultCount: 0,
    });
  });

  test.each([
    ['%254DyProject', '%4DyProject'],
    ['%2525', '%25'],
    ['a%2Fb', 'a/b'],
    ['%2e%2e%2fMyProject', '../MyProject'],
    ['myproject', 'myproject'],
    ['MyProject%00', 'MyProject\u{fffd}'],
    ['MyProject%20', 'MyProject '],
    ['%0D%0Ax', '\u{fffd}\u{fffd}x'],
    ['x'.repeat(3000), `${'x'.repeat(128)}…`],
  ])('are decoded once and keep their case, number %#', async (encodedName, shown) => {
    const answer = await environmentsOf(encodedName);
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toMatchObject({ error: 'not_found', error_description: notFound(shown) });
  });

  test.each(['%zz', '%', '%c3%28', '%ff', '%E0%A4%A'])(
    'that cannot be decoded (%s) are not found, with all headers',
    async (bad) => {
      const answer = await world.call('GET', `/apiops/projects/${bad}/environments/`);
      expect(answer.statusCode).toBe(404);
      expect(answer.json().error).toBe('not_found');
      expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
      expect(answer.headers['x-content-type-options']).toBe('nosniff');
      expect(world.logLines().at(-1)).toMatchObject({ status: 404, route: 'unmatched' });
    },
  );

  test.each<[method: 'GET' | 'POST' | 'PATCH' | 'DELETE' | 'OPTIONS' | 'PUT', url: string]>([
    ['GET', '/nothing'],
    ['GET', '/apiops'],
    ['GET', '/APIOPS/projects'],
    ['GET', '/apiops//projects'],
    ['POST', '/nothing'],
    ['PATCH', '/apiops/projects'],
    ['DELETE', '/apiops/projects'],
    ['OPTIONS', '/apiops/projects'],
    ['PUT', '/healthz'],
  ])('of no route are not found, with or without a token: %s %s', async (method, url) => {
    for (const token of [null, world.tokens.admin]) {
      const answer = await world.call(method, url, {
        token,
        payload: '{',
        headers: { 'content-type': 'application/json' },
      });
      expect(answer.statusCode).toBe(404);
      expect(answer.json()).toMatchObject({
        error: 'not_found',
        error_description: `No such route: ${method} ${url}`,
      });
    }
  });

  test('of no route are repeated only in part and escaped', async () => {
    const { error_description: text } = (
      await world.call('GET', `/${'y'.repeat(5000)}?token=hunter2`)
    ).json();
    expect(text).toHaveLength('No such route: GET '.length + 129);
    expect(text).not.toContain('hunter2');
  });
});
