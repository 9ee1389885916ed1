import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newSecretToken } from '../../src/access/secret-token.ts';
import type { RouteAccess } from '../../src/http/route-access.ts';
import { buildServer } from '../../src/http/server.ts';
import { newId } from '../../src/new-id.ts';
import { callerNamed, type HttpWorld, type Method, openHttpWorld } from './support/http-world.ts';

interface Guarded {
  readonly method: Method;
  readonly url: string;
  readonly access: RouteAccess;
}

let world: HttpWorld;
let guarded: readonly Guarded[];
let withoutAccess: Readonly<Record<string, string | null>>;

beforeAll(async () => {
  world = await openHttpWorld();
  guarded = guardedRoutes(world);
  await world.call('POST', '/apiops/projects', { body: { name: 'Other' } });
  await world.call('POST', '/apiops/projects', { body: { name: 'Mine' } });
  // Ada is a member of one project, in which she has no role.
  const member = await world.call('PUT', '/apiops/projects/Mine/members/ada', {
    body: { roles: ['ROLE_API_SECURITY'] },
  });
  expect(member.statusCode).toBe(200);
  await world.services.store.write(async (stores) => {
    const [project, user] = [await stores.projects.find('Mine'), await stores.users.find('ada')];
    await stores.members.put(project?.id ?? '', user?.id ?? '', []);
  });
  const admin = { token: world.tokens.admin };
  const revoked = (await world.call('POST', '/apiops/tokens', { ...admin, body: { name: 'revoked' } })).json()
    .token;
  await world.call('DELETE', '/apiops/tokens/revoked');
  const expired = await expiredToken();
  withoutAccess = { 'no token': null, garbage: 'garbage', unknown: `kp_${'a'.repeat(43)}`, revoked, expired };
});
afterAll(() => world.close());

async function expiredToken(): Promise<string> {
  const { secretToken, hash } = newSecretToken('kp_');
  const { userId } = await callerNamed(world.services, 'admin');
  const [createdAt, expiresAt] = [new Date(Date.now() - 2000), new Date(Date.now() - 1000)];
  await world.services.store.write((stores) =>
    stores.tokens.insert({
      id: newId(),
      userId,
      name: 'expired',
      hash,
      kind: 'PERSONAL',
      createdAt,
      expiresAt,
      projects: null,
      lastUsedAt: null,
    }),
  );
  return secretToken;
}

function guardedRoutes({ routes }: HttpWorld): readonly Guarded[] {
  return routes.flatMap(({ method, url, config }) => {
    const access = config?.access;
    if (access === undefined || access.kind === 'anyone') return [];
    return [method].flat().map((one) => ({ method: one as Method, url, access }));
  });
}

const pathTo = ({ url }: Guarded, projectName: string) =>
  url.replace(':projectName', projectName).replaceAll(/:\w+/g, 'nothing');
/** A body that would be refused, so that an answer about it shows that it was read too early. */
const badBody = { headers: { 'content-type': 'text/nonsense' }, payload: 'x'.repeat(2_000_000) };
const send = (route: Guarded, token: string | null, projectName = 'Mine') =>
  world.call(route.method, pathTo(route, projectName), {
    token,
    ...(route.method === 'GET' || route.method === 'HEAD' ? {} : badBody),
  });

describe('every route but the open ones', () => {
  test('is in this table, which is not empty', () => {
    expect(guarded.length).toBeGreaterThan(20);
    const open = world.routes
      .filter(({ config }) => config?.access?.kind === 'anyone')
      .map(({ url }) => url)
      .filter((url) => !/^\/assets\/|^\/docs\/scalar-/.test(url));
    expect([...new Set(open)].sort()).toEqual([
      '/',
      '/apiops/auth/session/',
      '/apiops/auth/token',
      '/docs',
      '/docs/reference.css',
      '/healthz',
      '/metrics',
      '/openapi.json',
      '/readyz',
    ]);
    expect(world.routes.filter(({ config }) => config?.access === undefined)).toEqual([]);
  });

  test('unauthenticated clients of every kind get the same response, before a body is read', async () => {
    for (const route of guarded) {
      for (const [kind, token] of Object.entries(withoutAccess)) {
        const answer = await send(route, token);
        const where = `${route.method} ${route.url} with ${kind}`;
        expect(answer.statusCode, where).toBe(401);
        expect(answer.headers['www-authenticate'], where).toBe('Bearer');
        if (route.method === 'HEAD') continue;
        expect(answer.json(), where).toMatchObject({
          error: 'unauthorized_client',
          error_description: 'Invalid token',
        });
      }
    }
  });

  test('a route of a project hides it from users who are no members, in the words for one that does not exist', async () => {
    const ofProjects = guarded.filter(({ access, method }) => access.kind === 'project' && method !== 'HEAD');
    expect(ofProjects.length).toBeGreaterThan(0);
    for (const route of ofProjects) {
      for (const name of ['Other', 'NoProject']) {
        const answer = await send(route, world.tokens.ada, name);
        expect(answer.statusCode, `${route.method} ${route.url}`).toBe(404);
        expect(answer.json()).toMatchObject({
          error: 'not_found',
          error_description: `Project(${name}) was not found or user does not have privilege to access it!`,
        });
      }
    }
  });

  test('that takes a role or an administrator refuses a user who is neither, before it reads a body', async () => {
    const restricted = guarded.filter(
      ({ access, method }) =>
        method !== 'HEAD' &&
        (access.kind === 'admin' || (access.kind === 'project' && (access.admin || access.roles.length > 0))),
    );
    expect(restricted.length).toBeGreaterThan(0);
    for (const route of restricted) {
      const answer = await send(route, world.tokens.ada);
      expect(answer.statusCode, `${route.method} ${route.url}`).toBe(403);
      expect(answer.json()).toMatchObject({
        error: 'forbidden',
        error_description: 'You do not have permission to perform this action',
      });
    }
  });

  test('reads a body only now, and refuses one that is too large', async () => {
    const withBody = guarded.filter(({ method }) => method === 'POST' || method === 'PUT');
    for (const route of withBody) {
      const answer = await send(route, world.tokens.admin);
      expect([413, 415], `${route.method} ${route.url}`).toContain(answer.statusCode);
    }
  });
});

describe('a route', () => {
  const build = () =>
    buildServer({
      services: world.services,
      logger: world.app.log,
      metrics: new Registry(),
      refusals: world.refusals,
      version: '0',
    });

  test('without an access rule stops the start', async () => {
    const app = build();
    expect(() => app.get('/forgotten', async () => 'secret')).toThrow(
      '/forgotten does not say who may call it',
    );
    await app.close();
  });

  test('whose path and access disagree on a project stops the start', async () => {
    const app = build();
    const handler = async () => 'secret';
    const config = { access: { kind: 'signed-in' } as const };
    expect(() => app.get('/x/:projectName/y', { config }, handler)).toThrow('disagree on a project');
    await app.close();
  });
});
