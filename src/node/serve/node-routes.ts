// The node's responses, by path. Any other path is 404; JWK Sets are 503 until there is a first state and
// beyond the serve limit, never an empty set instead: a verifier that caches an empty set refuses every token.

import { durationInHours } from '../../iso-duration.ts';
import type { ServeLimit } from '../lease/serve-limit.ts';
import type { NodeState } from '../node-state.ts';
import type { HistoricalJwks } from './historical-jwks.ts';
import type { JwkSets } from './jwk-sets.ts';
import type { NodeMetrics } from './node-metrics.ts';
import type { PublishedResponse } from './published-response.ts';

/** Why there is no content; `code` is the `error` member. */
export interface Fault {
  readonly status: number;
  readonly code: string;
  readonly text: string;
  readonly headers?: readonly string[];
  /** The connection ends with the response. */
  readonly hangsUp?: boolean;
}

export type RouteResponse =
  | { readonly published: PublishedResponse }
  | { readonly text: string; readonly type: string }
  | { readonly json: Readonly<Record<string, unknown>> }
  | { readonly fault: Fault };

export interface RouteSources {
  readonly state: NodeState;
  readonly sets: JwkSets;
  readonly serveLimit: ServeLimit;
  readonly historical: HistoricalJwks;
  readonly metrics: NodeMetrics;
  readonly status: () => Readonly<Record<string, unknown>>;
}

export interface RouteMatch {
  /** The pattern, for the metrics. */
  readonly route: string;
  /** Whether it responds, at once, with a JWK Set or a JWK, or with why there is none. */
  readonly publishes: boolean;
  /** Whether pages of any origin may read the response. */
  readonly isPublic: boolean;
  answer(sources: RouteSources): RouteResponse | Promise<RouteResponse>;
}

const sets = '.well-known/jwks.json';
const historical = '.well-known/historical-jwks';
const noEnvironmentSet =
  'This environment publishes no JWK Set of all its projects; that of a project is at /projects/{projectName}/.well-known/jwks.json';

/** @param segments of the path, decoded, without the empty ones of leading and trailing slash */
export function findRoute(segments: readonly string[]): RouteMatch | undefined {
  const [first, second = '', third, fourth = ''] = segments;
  if (segments.length === 1) return plainRoutes[`/${first}`];
  if (segments.length === 2 && segments.join('/') === sets) {
    return {
      route: `/${sets}`,
      publishes: true,
      isPublic: true,
      answer: (sources) => whenReady(sources, () => sources.sets.environment(), noEnvironmentSet),
    };
  }
  if (first !== 'projects') return undefined;
  if (segments.length === 6 && third === 'views') return viewRoute(segments);
  if (segments.length !== 4) return undefined;
  if (`${third}/${fourth}` === sets) {
    const text = 'This node has nothing of a project of this name';
    return {
      route: `/projects/{projectName}/${sets}`,
      publishes: true,
      isPublic: true,
      answer: (sources) => whenReady(sources, () => sources.sets.project(second), text),
    };
  }
  if (`${third}/${fourth}` === historical) return historicalRoute(second);
  if (third !== 'jwks') return undefined;
  const text = 'This node publishes no JWK of this name in a project of this name';
  return {
    route: '/projects/{projectName}/jwks/{jwkName}',
    publishes: true,
    isPublic: true,
    answer: (sources) => whenReady(sources, () => sources.sets.jwk(second, fourth), text),
  };
}

function viewRoute(segments: readonly string[]): RouteMatch | undefined {
  const [, project = '', , view = '', ...path] = segments;
  if (path.join('/') !== sets) return undefined;
  const text = 'This node publishes no view of this name in a project of this name';
  return {
    route: `/projects/{projectName}/views/{viewName}/${sets}`,
    publishes: true,
    isPublic: true,
    answer: (sources) => whenReady(sources, () => sources.sets.view(project, view), text),
  };
}

function historicalRoute(project: string): RouteMatch {
  return {
    route: `/projects/{projectName}/${historical}`,
    publishes: false,
    isPublic: true,
    answer: async (sources) => {
      const fault = whyNotServed(sources);
      if (fault) return { fault };
      const found = await sources.historical.find(project);
      if (!('isAbsent' in found)) return { published: found };
      const { isAbsent, text } = found;
      if (isAbsent) return { fault: { status: 404, code: 'not_found', text } };
      return { fault: { status: 503, code: 'unavailable', text, headers: ['Retry-After', '1'] } };
    },
  };
}

const plainRoutes: Readonly<Record<string, RouteMatch | undefined>> = Object.assign(Object.create(null), {
  '/healthz': {
    route: '/healthz',
    publishes: false,
    isPublic: true,
    answer: () => ({ json: { status: 'ok' } }),
  },
  '/readyz': {
    route: '/readyz',
    publishes: false,
    isPublic: true,
    answer: (sources: RouteSources) => {
      const fault = whyNotServed(sources);
      return fault ? { fault } : { json: { status: 'ready' } };
    },
  },
  '/status': {
    route: '/status',
    publishes: false,
    // The network reads it, and no page that a browser in that network opens.
    isPublic: false,
    answer: ({ status }: RouteSources) => ({ json: status() }),
  },
  '/metrics': {
    route: '/metrics',
    publishes: false,
    isPublic: false,
    answer: async ({ metrics }: RouteSources) => ({ text: await metrics.text(), type: metrics.contentType }),
  },
});

const notReady: Fault = {
  status: 503,
  code: 'unavailable',
  text: 'This node does not have its first state from the manager yet',
  headers: ['Retry-After', '1'],
};

function whyNotServed({ state, serveLimit }: RouteSources): Fault | undefined {
  if (!state.ready) return notReady;
  if (!serveLimit.isOver) return undefined;
  return {
    status: 503,
    code: 'unavailable',
    text: `This node has not heard from a manager for ${durationInHours(serveLimit.limitMs ?? 0)} and does not serve JWK Sets for longer without one`,
    headers: ['Retry-After', '1'],
  };
}

function whenReady(
  sources: RouteSources,
  find: () => PublishedResponse | undefined,
  absent = '',
): RouteResponse {
  const fault = whyNotServed(sources);
  if (fault) return { fault };
  const published = find();
  return published ? { published } : { fault: { status: 404, code: 'not_found', text: absent } };
}
