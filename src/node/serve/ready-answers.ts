// What JWK Set routes answer, kept by the request target as clients spell it, so that a target that was asked for
// before is not read again. Dropped with every change of the state and found anew through the routes: nothing is
// kept here that they would not answer now.

import type { RequestCount } from './node-metrics.ts';
import { findRoute, type RouteSources } from './node-routes.ts';
import { isValidAt, type Published } from './published.ts';
import { pathSegments } from './request-path.ts';
import { WholeAnswer } from './whole-answer.ts';

export interface ReadyAnswer {
  readonly published: Published;
  readonly found: ReadyStatus;
  readonly notModified: ReadyStatus;
}

export interface ReadyStatus {
  readonly requests: RequestCount;
  readonly whole: WholeAnswer;
}

export interface ReadyAnswersOptions {
  readonly sources: RouteSources;
  readonly clock: () => number;
  readonly keepAliveSeconds: number;
}

/** One path can be spelled in many ways (`%6a` for `j`): how many spellings are remembered. */
const targetLimit = 1024;

export class ReadyAnswers {
  readonly #options: ReadyAnswersOptions;
  readonly #byTarget = new Map<string, ReadyAnswer>();
  /** However many spellings a path has, the bytes of its answer are held once. */
  readonly #byPublished = new WeakMap<Published, ReadyAnswer>();
  #generation = -1;

  constructor(options: ReadyAnswersOptions) {
    this.#options = options;
  }

  /** How many spellings of targets are remembered. */
  get size(): number {
    return this.#byTarget.size;
  }

  /** What a GET of this target is answered with, if that is a JWK Set or a JWK. */
  find(target: string): ReadyAnswer | undefined {
    const { sources, clock } = this.#options;
    if (this.#generation !== sources.sets.generation) {
      this.#byTarget.clear();
      this.#generation = sources.sets.generation;
    }
    const known = this.#byTarget.get(target);
    return known && isValidAt(known.published, clock()) ? known : this.#make(target);
  }

  #make(target: string): ReadyAnswer | undefined {
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

  #ready(published: Published, route: string): ReadyAnswer {
    const { sources, keepAliveSeconds } = this.#options;
    const { headers, notModifiedHeaders, payload: body } = published;
    const answer = {
      published,
      found: {
        requests: sources.metrics.requests(route, 200),
        whole: new WholeAnswer({ status: 200, headers, keepAliveSeconds, body }),
      },
      notModified: {
        requests: sources.metrics.requests(route, 304),
        whole: new WholeAnswer({ status: 304, headers: notModifiedHeaders, keepAliveSeconds }),
      },
    };
    this.#byPublished.set(published, answer);
    return answer;
  }
}
