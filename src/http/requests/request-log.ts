// One line a request, and nothing in it that a client sent but the method: no path as typed, no body, no header.
// Of an unexpected error it keeps kind, code and stack frames; messages of Node and of drivers quote their input.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isKeyplaneError, type KeyplaneError } from '../../errors.ts';
import { callerIfKnown } from '../route-access.ts';

interface Noted {
  readonly known: KeyplaneError;
  readonly thrown: unknown;
}

const noted = new WeakMap<FastifyRequest, Noted>();

export function noteError(request: FastifyRequest, known: KeyplaneError, thrown: unknown): void {
  noted.set(request, { known, thrown });
}

export function errorCodeOf(request: FastifyRequest): string | undefined {
  return noted.get(request)?.known.code;
}

export function logRequests(app: FastifyInstance): void {
  app.addHook('onResponse', async (request, reply) => logRequest(request, reply));
}

export function logRequest(request: FastifyRequest, reply: FastifyReply): void {
  const error = noted.get(request);
  const line = {
    requestId: request.id,
    method: request.method,
    route: routeOf(request),
    status: reply.statusCode,
    durationMs: Math.round(reply.elapsedTime * 1000) / 1000,
    username: callerIfKnown(request)?.username,
    ...(error && errorFacts(error)),
  };
  if (reply.statusCode >= 500) request.log.error(line, 'request failed');
  else request.log.info(line, 'request');
}

/** The pattern that matched, never the path as typed. */
export function routeOf(request: FastifyRequest): string {
  return request.is404 ? 'unmatched' : (request.routeOptions.url ?? 'unmatched');
}

function errorFacts({ known, thrown }: Noted) {
  const facts = { error: known.code, detail: known.detail };
  if (known.status < 500) return facts;
  return { ...facts, cause: causeFacts(isKeyplaneError(thrown) ? (thrown.cause ?? thrown) : thrown) };
}

function causeFacts(thrown: unknown) {
  if (!(thrown instanceof Error)) return { kind: typeof thrown };
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined;
  const frames = thrown.stack?.split('\n').filter((line) => /^ +at /.test(line));
  return { kind: thrown.name, code, frames: frames?.map((frame) => frame.trim()) };
}
