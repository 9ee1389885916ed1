// Who may call a route. Each route declares it in its `config.access`; a route without it is never served.
// It is checked before a byte of the body is read, in this order: token (401), how often (429), project (404), role (403).

import assert from 'node:assert';
import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify';
import type { Role } from '../access/access-store.ts';
import type { Authenticated, Authenticator } from '../access/authenticator.ts';
import type { Authorizer } from '../access/authorizer.ts';
import type { Caller, ProjectAccess } from '../access/caller.ts';
import { isKeyplaneError, KeyplaneError } from '../errors.ts';
import { lookupName } from '../names.ts';
import { fairTurn } from '../runtime/event-loop.ts';
import { networkOf } from '../runtime/network-of.ts';
import { onBehalfOf } from '../runtime/requester.ts';
import { sessionAuthorization } from './access/session-cookie.ts';
import { addressOf, type RateLimits } from './limits/rate-limits.ts';

export type RouteAccess =
  | { readonly kind: 'anyone' }
  | { readonly kind: 'signed-in' }
  /** `orOneself`: the path holds `:username`, and that user is also authorized, but not with a narrowed token. */
  | { readonly kind: 'admin'; readonly orOneself?: true }
  /** The path holds `:projectName`; the caller is a member with all these roles. `admin`: administrators only. */
  | { readonly kind: 'project'; readonly roles: readonly Role[]; readonly admin?: true };

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: RouteAccess;
    /** Statuses beyond those that follow from access and body; for the description of the API. */
    alsoRefuses?: readonly (401 | 429 | 503)[];
  }
  interface FastifyRequest {
    /** Who sent this; only on routes whose access is not `anyone`. */
    readonly caller: Caller;
    /** Only on routes whose access is `project`. */
    readonly project: ProjectAccess;
  }
}

export const openToAnyone: RouteAccess = Object.freeze({ kind: 'anyone' });
export const openToSignedIn: RouteAccess = Object.freeze({ kind: 'signed-in' });
export const openToAdmins: RouteAccess = Object.freeze({ kind: 'admin' });
export const openToAdminsOrOneself: RouteAccess = Object.freeze({ kind: 'admin', orOneself: true });
export const openToAdminsOfProjects: RouteAccess = Object.freeze({ kind: 'project', roles: [], admin: true });

/** Members of the project of the path who have every one of these roles. */
export function openToMembers(...roles: readonly Role[]): RouteAccess {
  return Object.freeze({ kind: 'project', roles });
}

/** Creating, updating and deleting deploy, so they take both the resource's role and the deploying one. */
export function openToDeployers(resourceRole: Role): RouteAccess {
  return openToMembers(resourceRole, 'ROLE_DEPLOY_UNDEPLOY_PROXIES');
}

const callers = new WeakMap<FastifyRequest, Caller>();
const projects = new WeakMap<FastifyRequest, ProjectAccess>();

export interface RouteAccessServices {
  readonly authenticator: Authenticator;
  readonly authorizer: Authorizer;
}

export function callerIfKnown(request: FastifyRequest): Caller | undefined {
  return callers.get(request);
}

/** Call it before any route is added. */
export function guardRoutes(
  app: FastifyInstance,
  services: RouteAccessServices,
  rateLimits: RateLimits,
): void {
  app.decorateRequest('caller', {
    getter(this: FastifyRequest) {
      const caller = callers.get(this);
      assert(caller, 'a route that is open to anyone has no caller');
      return caller;
    },
  });
  app.decorateRequest('project', {
    getter(this: FastifyRequest) {
      const project = projects.get(this);
      assert(project, 'only routes with project access have a project');
      return project;
    },
  });
  app.addHook('onRoute', refuseUnguarded);
  app.addHook('onRequest', async (request) => {
    const { config, url } = request.routeOptions;
    if (config.access === undefined) return;
    if (config.access.kind !== 'anyone') {
      await letIn(request, config.access, { ...services, rateLimits });
      // A request computes in stretches from here on: its body is parsed and checked, its response is written.
      return fairTurn(requesterOf(request));
    }
    // Signing in. Other open routes must work during a flood, for those who monitor this machine.
    if (url?.startsWith('/apiops')) rateLimits.countUnauthenticated(request);
  });
  // Bounded resources are shared between users; a client that signs in is identified by its address.
  app.addHook('preHandler', (request, _reply, done) => onBehalfOf(requesterOf(request), done));
}

/** What a request presents before its user is known: its token, or where it comes from. */
function presentedBy(request: FastifyRequest): string {
  const authorization = authorizationOf(request);
  return authorization === undefined ? requesterOf(request) : `token ${authorization}`;
}

/** Who a request is counted for where users share a resource. */
export function requesterOf(request: FastifyRequest): string {
  return callers.get(request)?.userId ?? `address ${networkOf(addressOf(request))}`;
}

function refuseUnguarded(route: RouteOptions): void {
  const access = route.config?.access;
  assert(access !== undefined, `${route.url} does not say who may call it`);
  const namesProject = route.url.includes('/:projectName');
  assert.strictEqual(
    access.kind === 'project',
    namesProject,
    `${route.url} and its access disagree on a project`,
  );
}

async function letIn(
  request: FastifyRequest,
  access: Exclude<RouteAccess, { kind: 'anyone' }>,
  services: RouteAccessServices & { readonly rateLimits: RateLimits },
): Promise<void> {
  const { authorizer, rateLimits } = services;
  const projectName = access.kind === 'project' ? paramOf(request, 'projectName') : undefined;
  const known = services.authenticator.recall(authorizationOf(request), projectName);
  const isLetIn = known !== undefined && mayPass(request, access, { found: known, authorizer });
  const found = isLetIn ? known : await lookUp(request, projectName, services);
  const { caller } = found;
  callers.set(request, caller);
  rateLimits.countUser(caller.userId);
  const operation = request.routeOptions.schema?.operationId ?? request.routeOptions.url ?? 'unknown';
  if (access.kind === 'project') {
    const demand = { projectName: projectName ?? '', roles: access.roles, operation };
    projects.set(request, await authorizer.judge(caller, found.access, demand));
  }
  if (access.kind === 'admin' && access.orOneself && isOneself(caller, paramOf(request, 'username'))) return;
  if (access.kind === 'admin' || (access.kind === 'project' && access.admin)) {
    await authorizer.requireAdmin(caller, operation);
  }
}

/** In the database. */
async function lookUp(
  request: FastifyRequest,
  projectName: string | undefined,
  { authenticator, rateLimits }: RouteAccessServices & { readonly rateLimits: RateLimits },
): Promise<Authenticated> {
  // In its turn: a hundred requests with one token delay those with another by one lookup.
  await fairTurn(presentedBy(request));
  return authenticator.authenticate(authorizationOf(request), projectName).catch((error: unknown) => {
    // An address that is shared must not shut out those behind it who have a token, so it counts only here.
    if (isKeyplaneError(error) && error.status < 500) rateLimits.countUnauthenticated(request);
    throw error;
  });
}

/**
 * Whether what is known lets the caller in. A change of access itself is always looked up: a stolen session must not make a
 * token in the seconds in which this manager does not know yet that another one ended it.
 */
function mayPass(
  request: FastifyRequest,
  access: Exclude<RouteAccess, { kind: 'anyone' }>,
  { found, authorizer }: { readonly found: Authenticated; readonly authorizer: Authorizer },
): boolean {
  const { caller } = found;
  const isReading = request.method === 'GET' || request.method === 'HEAD';
  if (!isReading && (access.kind !== 'project' || access.admin)) return false;
  switch (access.kind) {
    case 'signed-in':
      return true;
    case 'admin':
      return caller.admin || (access.orOneself === true && isOneself(caller, paramOf(request, 'username')));
    case 'project':
      if (access.admin && !caller.admin) return false;
      return found.access !== undefined && authorizer.mayAct(found.access, access.roles);
    default:
      return access satisfies never;
  }
}

function authorizationOf(request: FastifyRequest): string | undefined {
  return request.headers.authorization ?? sessionAuthorization(request);
}

function isOneself({ username, narrowed }: Caller, named: string): boolean {
  return narrowed === null && lookupName(named) === username;
}

function paramOf({ params }: FastifyRequest, name: 'projectName' | 'username'): string {
  if (typeof params === 'object' && params !== null && name in params) {
    return String((params as Readonly<Record<string, unknown>>)[name]);
  }
  throw new KeyplaneError('internal_error', 'An unexpected error occurred', {
    detail: `no ${name} in the path`,
  });
}
