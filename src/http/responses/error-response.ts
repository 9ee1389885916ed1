// Every error becomes one of the closed list before it leaves: code, public text, nothing else. What is not in
// the list is an internal error, of which the response has only the request id that the log has too.

import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { ErrorReason } from '../../error-reasons.ts';
import { badRequest, isKeyplaneError, KeyplaneError } from '../../errors.ts';
import { shownText } from '../../names.ts';
import { discardBody } from '../requests/discard-body.ts';
import { noteError } from '../requests/request-log.ts';

interface ErrorBody {
  readonly error: string;
  readonly error_description: string;
  readonly reason: ErrorReason;
  readonly member?: string;
  readonly retry_after?: number;
  readonly request_id?: string;
}

const unexpected = 'An unexpected error occurred';
const bodyTooLarge = 'FST_ERR_CTP_BODY_TOO_LARGE';

export function routeNotFound(request: FastifyRequest): KeyplaneError {
  const [path = ''] = request.raw.url?.split('?') ?? [];
  return new KeyplaneError('not_found', `No such route: ${request.method} ${shownText(path)}`, {
    reason: 'ROUTE_NOT_FOUND',
  });
}

export function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const known = publicError(error, request);
  noteError(request, known, error);
  if (codeOf(error) === bodyTooLarge) {
    // Fastify ends the connection at once, and a client that is still sending gets a reset instead of the response.
    reply.removeHeader('connection');
    discardBody(request);
  }
  if (known.code === 'unauthorized_client') reply.header('www-authenticate', 'Bearer');
  if (known.retryAfterSeconds !== undefined) reply.header('retry-after', String(known.retryAfterSeconds));
  return reply
    .code(known.status)
    .type('application/json; charset=utf-8')
    .serializer(JSON.stringify)
    .send(errorBody(known, request.id));
}

function errorBody(error: KeyplaneError, requestId: string): ErrorBody {
  const { code, message, reason, member, retryAfterSeconds } = error;
  if (code === 'internal_error')
    return { error: code, error_description: unexpected, reason, request_id: requestId };
  return {
    error: code,
    error_description: message,
    reason,
    ...(member !== undefined && { member }),
    ...(retryAfterSeconds !== undefined && { retry_after: retryAfterSeconds }),
  };
}

function publicError(error: unknown, request: FastifyRequest): KeyplaneError {
  if (isKeyplaneError(error)) return error;
  const code = codeOf(error);
  const known = code === undefined ? undefined : frameworkErrors.get(code)?.(request);
  if (known) return known;
  if (isFastifyError(error) && error.statusCode !== undefined && error.statusCode < 500) {
    return new KeyplaneError(codeOfStatus(error.statusCode), clientErrorText(error.statusCode), {
      detail: code ?? 'unnamed',
      cause: error,
    });
  }
  return new KeyplaneError('internal_error', unexpected, { cause: error });
}

const unsupported = (accepted: string) =>
  new KeyplaneError('unsupported_media_type', `Content-Type is not supported! Accepted: ${accepted}`);

/** What Fastify itself refuses, by its code. */
const frameworkErrors: ReadonlyMap<string, (request: FastifyRequest) => KeyplaneError> = new Map([
  ['FST_ERR_BAD_URL', routeNotFound],
  ['FST_ERR_MAX_PARAM_LENGTH', routeNotFound],
  ['FST_ERR_NOT_FOUND', routeNotFound],
  ['FST_ERR_CTP_INVALID_MEDIA_TYPE', (request) => unsupported(acceptedTypeOf(request))],
  ['FST_ERR_ROUTE_MISSING_CONTENT_TYPE', (request) => unsupported(acceptedTypeOf(request))],
  [bodyTooLarge, tooLarge],
  ['FST_ERR_CTP_INVALID_CONTENT_LENGTH', () => badRequest('Request body and Content-Length do not agree!')],
]);

function tooLarge(request: FastifyRequest): KeyplaneError {
  const limit = request.routeOptions.bodyLimit;
  return new KeyplaneError('payload_too_large', `Request body is larger than ${limit} bytes!`);
}

/** A route that accepts anything but JSON declares it in its schema's `consumes`. */
function acceptedTypeOf(request: FastifyRequest): string {
  return request.routeOptions.schema?.consumes?.join(', ') ?? 'application/json';
}

function codeOfStatus(status: number) {
  if (status === 413) return 'payload_too_large';
  if (status === 415) return 'unsupported_media_type';
  return status === 404 ? 'not_found' : 'bad_request';
}

function clientErrorText(status: number): string {
  if (status === 413) return 'Request body is too large!';
  return status === 404 ? 'No such route' : 'The request can not be read!';
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

function isFastifyError(error: unknown): error is FastifyError {
  return error instanceof Error && 'statusCode' in error && codeOf(error)?.startsWith('FST_') === true;
}
