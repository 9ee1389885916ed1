// The `Idempotency-Key` header: a change that is requested twice is made once, and both requests get the same response.

import assert from 'node:assert';
import type { FastifyRequest } from 'fastify';
import type { ProjectScope } from '../../access/caller.ts';
import type { ChangeResult } from '../../deployments/deployment-result.ts';
import { badRequest } from '../../errors.ts';
import type { Idempotency, KeyedRequest } from '../../idempotency/idempotency.ts';
import type { IdempotencyMark } from '../../idempotency/idempotency-mark.ts';
import { toDeploymentResponse } from '../responses/deployment-response.ts';
import { projectScopeOf } from './project-scope.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Repeating a request with the same `Idempotency-Key` returns the response of the first time. */
    takesIdempotencyKey?: true;
  }
}

interface OnceServices {
  readonly idempotency: Idempotency<ChangeResult>;
}

type ScopedRequest = Pick<FastifyRequest, 'project' | 'caller'> & FastifyRequest;

const keyPattern = /^[ -~]{1,255}$/;

/** A change within a project, and the response with its deployment result. */
export async function deployOnce(
  request: ScopedRequest,
  services: OnceServices,
  change: (scope: ProjectScope) => Promise<ChangeResult>,
) {
  const scope = projectScopeOf(request);
  const keyed = keyedRequestOf(request);
  if (keyed === undefined) return toDeploymentResponse(await change(scope));
  return toDeploymentResponse(
    await services.idempotency.run(keyed, (once) => change(Object.freeze({ ...scope, once }))),
  );
}

/**
 * A change within a project whose response has more than its deployment result.
 * @param compose the response, after the change; a repetition of the request gets the first one
 */
export async function composeOnce<Result extends ChangeResult, Body extends object>(
  request: ScopedRequest,
  services: OnceServices,
  { change, compose }: Composed<Result, Body>,
) {
  const scope = projectScopeOf(request);
  const keyed = keyedRequestOf(request);
  const body = async (result: ChangeResult & Partial<Result>) => {
    return { ...(await compose(result)), ...toDeploymentResponse(result) };
  };
  if (keyed === undefined) return body(await change(scope));
  const first = await services.idempotency.run(keyed, async (once): Promise<Answered<Body>> => {
    const result = await change(Object.freeze({ ...scope, once }));
    return { ...result, body: await body(result) };
  });
  // The manager that made the change ended before it could respond.
  return first.body ?? body(first as Partial<Result> & ChangeResult);
}

interface Composed<Result extends ChangeResult, Body extends object> {
  readonly change: (scope: ProjectScope) => Promise<Result>;
  readonly compose: (result: ChangeResult & Partial<Result>) => Promise<Body>;
}

type Answered<Body> = ChangeResult & {
  readonly body?: Body & ReturnType<typeof toDeploymentResponse>;
};

/** A change that deploys nothing itself. */
export async function changeOnce(
  request: FastifyRequest,
  { idempotency }: OnceServices,
  change: (once: IdempotencyMark | undefined) => Promise<void>,
): Promise<void> {
  const keyed = keyedRequestOf(request);
  if (keyed === undefined) return change(undefined);
  await idempotency.run(keyed, async (once) => {
    await change(once);
    return undefined;
  });
}

/** @throws KeyplaneError `bad_request` for a key that is none */
function keyedRequestOf(request: FastifyRequest): KeyedRequest | undefined {
  const { config, url: route = '' } = request.routeOptions;
  assert(config.takesIdempotencyKey, `${route} does not say that it takes an Idempotency-Key`);
  const key = request.headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key !== 'string' || !keyPattern.test(key)) {
    throw badRequest('Idempotency-Key is not valid! It takes 1 to 255 printable ASCII characters', {
      reason: 'FIELD_NOT_VALID',
      member: 'Idempotency-Key',
    });
  }
  const { method, params, query, body } = request;
  return { userId: request.caller.userId, key, meaning: { method, route, params, query, body } };
}
