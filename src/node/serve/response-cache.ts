// Responses of the JWK Set routes by request target as clients spell it, so that a known target is not parsed again.
// Cleared with every change of the state and looked up again through the routes: it holds nothing that they would not
// answer now.

import type { RequestCount } from './node-metrics.ts';
import { findRoute, type RouteSources } from './node-routes.ts';
import { isValidAt, type PublishedResponse } from './published-response.ts';
import { pathSegments } from './request-path.ts';
import { SerializedResponse } from './serialized-response.ts';

export interface CachedResponse {
  readonly published: PublishedResponse;
  readonly found: CachedStatus;
  readonly notModified: CachedStatus;
}

export interface CachedStatus {
  readonly requests: RequestCount;
  readonly serialized: SerializedResponse;
}

export interface ResponseCacheOptions {
  readonly sources: RouteSources;
  readonly clock: () => number;
  readonly keepAliveSeconds: number;
}

/** One path can be spelled in many ways (`%6a` for `j`): how many spellings are remembered. */
const targetLimit = 1024;

export class ResponseCache {
  readonly #options: ResponseCacheOptions;
  readonly #byTarget = new Map<string, CachedResponse>();
  /** However many spellings a path has, the bytes of its response are held once. */
  readonly #byPublished = new WeakMap<PublishedResponse, CachedResponse>();
  #generation = -1;

  constructor(options: ResponseCacheOptions) {
    this.#options = options;
  }

  /** How many spellings of targets are remembered. */
  get size(): number {
    return this.#byTarget.size;
  }

  /** The response to a GET of this target, if that is a JWK Set or a JWK. */
  find(target: string): CachedResponse | undefined {
    const { sources, clock } = this.#options;
    if (sources.serveLimit.isOver) return undefined;
    if (this.#generation !== sources.sets.generation) {
      this.#byTarget.clear();
      this.#generation = sources.sets.generation;
    }
    const known = this.#byTarget.get(target);
    return known && isValidAt(known.published, clock()) ? known : this.#make(target);
  }

  #make(target: string): CachedResponse | undefined {
    const segments = pathSegments(target);
    const match = segments && findRoute(segments);
    if (!match?.publishes) return undefined;
    const found = match.answer(this.#options.sources);
    if (!('published' in found)) return undefined;
    const answer = this.#byPublished.get(found.published) ?? this.#ready(found.published, match.route);
    if (this.#byTarget.size >= targetLimit) this.#byTarget.clear();
    this.#byTarget.set(target, answer);
    return answer;
  }

  #ready(published: PublishedResponse, route: string): CachedResponse {
    const { sources, keepAliveSeconds } = this.#options;
    const { headers, notModifiedHeaders, payload: body = '' } = published;
    const answer = {
      published,
      found: {
        requests: sources.metrics.requests(route, 200),
        serialized: new SerializedResponse({ status: 200, headers, keepAliveSeconds, body }),
      },
      notModified: {
        requests: sources.metrics.requests(route, 304),
        serialized: new SerializedResponse({ status: 304, headers: notModifiedHeaders, keepAliveSeconds }),
      },
    };
    this.#byPublished.set(published, answer);
    return answer;
  }
}
