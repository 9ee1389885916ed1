// A narrowed token of an administrator against every route: what takes an administrator is closed, other projects do not
// exist, and its own project is as open as its roles are.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RouteAccess } from '../../src/http/route-access.ts';
import { type HttpWorld, type Method, openHttpWorld } from '../http/support/http-world.ts';

let world: HttpWorld;
let token: string;
beforeAll(async () => {
  world = await openHttpWorld();
  for (const name of ['Mine', 'Other']) await world.call('POST', '/apiops/projects/', { body: { name } });
  token = await narrowed('narrow', ['ROLE_API_SECURITY']);
});
afterAll(() => world.close());

async function narrowed(name: string, roles: readonly string[], more: object = {}): Promise<string> {
  const body = { name, projects: [{ projectName: 'Mine', roles }], ...more };
  const made = await world.call('POST', '/apiops/tokens/', { body });
  expect(made.statusCode, made.body).toBe(200);
  return made.json().token;
}

function routes(kind: RouteAccess['kind']) {
  return world.routes.flatMap(({ method, url, config }) => {
    const access = config?.access;
    if (access?.kind !== kind) return [];
    return [method].flat().map((one) => ({ method: one as Method, url, access }));
  });
}

const unreadable = { headers: { 'content-type': 'text/nonsense' }, payload: 'nonsense' };
function ask({ method, url }: { method: Method; url: string }, projectName = 'Mine') {
  const path = url.replace(':projectName', projectName).replaceAll(/:\w+/g, 'admin');
  return world.call(method, path, { token, ...(method === 'POST' || method === 'PUT' ? unreadable : {}) });
}

describe('a narrowed token of an administrator', () => {
  test('is forbidden every route for administrators', async () => {
    const found = [
      ...routes('admin'),
      ...routes('project').filter(({ access }) => access.kind === 'project' && access.admin),
    ];
    expect(found.length).toBeGreaterThan(20);
    for (const route of found) {
      const answer = await ask(route);
      expect(answer.statusCode, `${route.method} ${route.url}`).toBe(403);
    }
  });

  test('sees no other project on any route', async () => {
    const found = routes('project');
    expect(found.length).toBeGreaterThan(40);
    for (const route of found) {
      const answer = await ask(route, 'Other');
      expect(answer.statusCode, `${route.method} ${route.url}`).toBe(404);
    }
  });

  test('has its roles in its own project, and no others', async () => {
    for (const route of routes('project')) {
      if (route.access.kind !== 'project' || route.access.admin) continue;
      const isOpen = route.access.roles.every((role) => role === 'ROLE_API_SECURITY');
      const where = `${route.method} ${route.url}`;
      const { statusCode } = await ask(route);
      if (isOpen) expect([401, 403, 404], where).not.toContain(statusCode);
      else expect(statusCode, where).toBe(403);
    }
  });

  test('gets only its own project from session, overview, and list of projects', async () => {
    const session = (await world.call('GET', '/apiops/auth/session/', { token })).json();
    expect(session).toMatchObject({
      username: 'admin',
      admin: false,
      projects: [{ name: 'Mine', roles: ['ROLE_API_SECURITY'] }],
    });
    const projects = (await world.call('GET', '/apiops/projects/', { token })).json();
    expect(projects.resultList).toMatchObject([{ name: 'Mine' }]);
    const overview = await world.call('GET', '/apiops/overview/', { token });
    expect(overview.statusCode).toBe(200);
    expect(overview.body).not.toContain('Other');
  });

  test('makes no token that is wider or lasts longer', async () => {
    const short = await narrowed('short', ['ROLE_API_SECURITY'], { expiresAt: '2999-01-01T00:00:00Z' });
    const projects = [{ projectName: 'Mine', roles: ['ROLE_API_SECURITY'] }];
    const bodies = [
      { name: 'whole' },
      { name: 'wider', projects: [{ projectName: 'Mine', roles: ['ROLE_ADMIN'] }] },
      { name: 'forever', projects, expiresAt: null },
      { name: 'longer', projects, expiresAt: '2999-01-01T00:00:01Z' },
    ];
    for (const body of bodies) {
      const answer = await world.call('POST', '/apiops/tokens/', { token: short, body });
      expect(answer.statusCode, body.name).toBe(403);
    }
    const within = await world.call('POST', '/apiops/tokens/', {
      token: short,
      body: { name: 'within', projects },
    });
    expect(within.statusCode).toBe(200);
    expect(within.json().projects).toEqual(projects);
  });
});

describe('tokens', () => {
  test('expire in 90 days, at a given time, or never, and lists show the expiry', async () => {
    for (const body of [
      { name: 'usual' },
      { name: 'never', expiresAt: null },
      { name: 'then', expiresAt: '2999-01-01T00:00:00Z', projects: null },
    ]) {
      expect((await world.call('POST', '/apiops/tokens/', { body })).statusCode).toBe(200);
    }
    for (const url of ['/apiops/tokens/', '/apiops/users/admin/tokens/']) {
      const list: { name: string; createdAt: string; expiresAt: string | null }[] = (
        await world.call('GET', `${url}?size=100`)
      ).json().resultList;
      const byName = new Map(list.map((one) => [one.name, one]));
      const usual = byName.get('usual');
      expect(Date.parse(usual?.expiresAt ?? '') - Date.parse(usual?.createdAt ?? '')).toBe(90 * 86_400_000);
      expect(byName.get('never')).toMatchObject({ expiresAt: null, projects: null, lastUsedAt: null });
      expect(byName.get('then')).toMatchObject({ expiresAt: '2999-01-01T00:00:00.000Z', projects: null });
      expect(byName.get('narrow')).toMatchObject({
        projects: [{ projectName: 'Mine', roles: ['ROLE_API_SECURITY'] }],
      });
    }
  });

  test('of every user are listed and revoked by administrators', async () => {
    const list = async () =>
      (await world.call('GET', '/apiops/users/ada/tokens/'))
        .json()
        .resultList.map(({ name }: { name: string }) => name);
    expect(await list()).toEqual(['of-the-test']);
    expect((await world.call('GET', '/apiops/tokens/', { token: world.tokens.ada })).statusCode).toBe(200);
    const answer = await world.call('DELETE', '/apiops/users/ada/tokens/of-the-test/');
    expect([answer.statusCode, answer.json()]).toEqual([200, { success: true }]);
    expect(await list()).toEqual([]);
    expect((await world.call('GET', '/apiops/tokens/', { token: world.tokens.ada })).statusCode).toBe(401);
  });
});
