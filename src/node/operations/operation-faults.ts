// The errors of the operations listener itself, and the response to every error.

import type { ServerResponse } from 'node:http';
import { errorStatus, type KeyplaneError } from '../../errors.ts';
import type { OperationFault } from './operation-fault.ts';

const jsonType = 'application/json; charset=utf-8';

export function faultOf(error: KeyplaneError): OperationFault {
  const { code, message, reason, member, retryAfterSeconds } = error;
  return { status: errorStatus[code], code, text: message, reason, member, retryAfterSeconds };
}

export function sendFault(response: ServerResponse, fault: OperationFault): void {
  const { status, code, text, reason, member, retryAfterSeconds, headers = [], closes } = fault;
  const body = {
    error: code,
    error_description: text,
    reason,
    ...(member !== undefined && { member }),
    ...(retryAfterSeconds !== undefined && { retry_after: retryAfterSeconds }),
  };
  const retryAfter = retryAfterSeconds === undefined ? [] : ['Retry-After', String(retryAfterSeconds)];
  const connection = closes ? ['Connection', 'close'] : [];
  sendText(response, status, JSON.stringify(body), [...headers, ...retryAfter, ...connection]);
}

export function sendText(
  response: ServerResponse,
  status: number,
  text: string,
  headers: readonly string[] = [],
): void {
  response.writeHead(status, [
    'Content-Type',
    jsonType,
    'Cache-Control',
    'no-store',
    'Content-Length',
    String(Buffer.byteLength(text)),
    ...headers,
  ]);
  response.end(text);
}

export const unexpected: OperationFault = {
  status: 500,
  code: 'internal_error',
  text: 'An unexpected error occurred',
  reason: 'INTERNAL',
};
export const noRoute: OperationFault = {
  status: 404,
  code: 'not_found',
  text: 'There is no such operation; those of a key ring are at /projects/{projectName}/key-rings/{keyRingName}/sign, /verify, /encrypt, /decrypt, /mac and /mac/verify, those of a JWK at the same below /projects/{projectName}/jwks/{jwkName}, and tokens of a profile at /projects/{projectName}/token-profiles/{tokenProfileName}/tokens',
  reason: 'ROUTE_NOT_FOUND',
};
export const badMethod: OperationFault = {
  status: 405,
  code: 'method_not_allowed',
  text: 'An operation is a POST',
  reason: 'ROUTE_NOT_FOUND',
  headers: ['Allow', 'POST'],
};
export const badProbeMethod: OperationFault = {
  ...badMethod,
  text: 'A probe is a GET',
  headers: ['Allow', 'GET, HEAD'],
};
export const overloaded: OperationFault = {
  status: 503,
  code: 'unavailable',
  text: 'This node has more operations to do than it can perform soon! Try again.',
  reason: 'UNAVAILABLE',
  retryAfterSeconds: 1,
};
export const notReady: OperationFault = {
  status: 503,
  code: 'unavailable',
  text: 'This node does not have its first state from the manager yet',
  reason: 'UNAVAILABLE',
  retryAfterSeconds: 1,
};
export const invalidToken: OperationFault = {
  status: 401,
  code: 'unauthorized_client',
  text: 'Invalid token',
  reason: 'TOKEN_NOT_VALID',
  headers: ['WWW-Authenticate', 'Bearer'],
};
export const notGranted: OperationFault = {
  status: 403,
  code: 'forbidden',
  text: 'You do not have permission to perform this action',
  reason: 'ROLE_MISSING',
};
export function hostRefused(text: string): OperationFault {
  return { status: 400, code: 'bad_request', text, reason: 'REQUEST_NOT_VALID', closes: true };
}
export const notUtf8: OperationFault = {
  status: 400,
  code: 'bad_request',
  text: 'Request body is not valid UTF-8!',
  reason: 'REQUEST_NOT_VALID',
};

const msPerSecond = 1_000;

/** @param waitMs until there is as much as the request needs */
export function rateExceeded(waitMs: number): OperationFault {
  return {
    status: 429,
    code: 'rate_limit_exceeded',
    text: 'The rate of this grant is exceeded! Try again later.',
    reason: 'TOO_MANY_REQUESTS',
    retryAfterSeconds: Math.max(1, Math.ceil(waitMs / msPerSecond)),
  };
}
