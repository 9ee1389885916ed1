// The closed list of errors as clients see them: code, HTTP status, public text. `message` is written for the user and
// never holds a stack, a path or a secret; `detail` is for the log only.

import type { ErrorReason } from './error-reasons.ts';
import type { LimitName } from './runtime/limit-names.ts';

export const errorStatus = Object.freeze({
  bad_request: 400,
  unsupported_grant_type: 400,
  unauthorized_client: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  payload_too_large: 413,
  unsupported_media_type: 415,
  rate_limit_exceeded: 429,
  internal_error: 500,
  unavailable: 503,
} as const);

export type ErrorCode = keyof typeof errorStatus;

/** The default reason of an error. */
const defaultReasons: Readonly<Record<ErrorCode, ErrorReason>> = Object.freeze({
  bad_request: 'REQUEST_NOT_VALID',
  unsupported_grant_type: 'GRANT_TYPE_NOT_SUPPORTED',
  unauthorized_client: 'TOKEN_NOT_VALID',
  forbidden: 'ROLE_MISSING',
  not_found: 'NOT_FOUND',
  conflict: 'CONFLICT',
  payload_too_large: 'PAYLOAD_TOO_LARGE',
  unsupported_media_type: 'MEDIA_TYPE_NOT_SUPPORTED',
  rate_limit_exceeded: 'TOO_MANY_REQUESTS',
  internal_error: 'INTERNAL',
  unavailable: 'UNAVAILABLE',
});

export interface ErrorOptions {
  /** Stable name of the error, for programs. */
  readonly reason?: ErrorReason | undefined;
  /** The member of the request that is at fault, as the request names it. */
  readonly member?: string | undefined;
  /** The correct form, if the message does not contain it: `keyplane lint` shows it beside the text. */
  readonly remedy?: string | undefined;
  /** For the log only; never sent to a client. */
  readonly detail?: string;
  readonly cause?: unknown;
  /** Seconds; only with `rate_limit_exceeded`. */
  readonly retryAfterSeconds?: number;
  /** What was exhausted; only with `rate_limit_exceeded`. */
  readonly limit?: LimitName;
}

/** The one class of error that crosses rooms. `message` is public text. */
export class KeyplaneError extends Error {
  override readonly name = 'KeyplaneError';
  readonly code: ErrorCode;
  readonly reason: ErrorReason;
  readonly member: string | undefined;
  readonly remedy: string | undefined;
  readonly detail: string | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly limit: LimitName | undefined;

  constructor(code: ErrorCode, publicText: string, options: ErrorOptions = {}) {
    super(publicText, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.reason = options.reason ?? defaultReasons[code];
    this.member = options.member;
    this.remedy = options.remedy;
    this.detail = options.detail;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.limit = options.limit;
  }

  get status(): number {
    return errorStatus[this.code];
  }
}

export function badRequest(publicText: string, options?: ErrorOptions): KeyplaneError {
  return new KeyplaneError('bad_request', publicText, options);
}

export function tooManyRequests(
  limit: LimitName,
  publicText: string,
  retryAfterSeconds: number,
): KeyplaneError {
  return new KeyplaneError('rate_limit_exceeded', publicText, { limit, retryAfterSeconds });
}

/** @param what as messages name it: `JWK (name: my-jwk)` */
export function alteredInDatabase(what: string): KeyplaneError {
  return new KeyplaneError(
    'unavailable',
    `${what} was altered in the database outside keyplane, and is neither shown nor deployed! Replace it (PUT) or delete it.`,
    { reason: 'ALTERED_IN_DATABASE' },
  );
}

/**
 * @param what as messages name it: `Project (name: Orders)`
 * @param repair the request that saves them again
 */
export function settingsAlteredInDatabase(what: string, repair: string): KeyplaneError {
  return new KeyplaneError(
    'unavailable',
    `${what} was altered in the database outside keyplane, and nothing is deployed from it! An administrator compares its settings with a backup, and saves all of them again: ${repair}.`,
    { reason: 'ALTERED_IN_DATABASE' },
  );
}

/**
 * The error of a part that does not know which member of the request it reads, with that member. One that names a
 * member keeps it; what is no `bad_request` is no fault of a member.
 */
export function atMember(member: string, error: unknown): unknown {
  if (!isKeyplaneError(error) || error.code !== 'bad_request' || error.member !== undefined) return error;
  const { remedy, detail, cause, message } = error;
  const reason = error.reason === 'REQUEST_NOT_VALID' ? 'FIELD_NOT_VALID' : error.reason;
  return badRequest(message, {
    reason,
    member,
    remedy,
    cause,
    ...(detail !== undefined && { detail }),
  });
}

export function isKeyplaneError(error: unknown): error is KeyplaneError {
  return error instanceof KeyplaneError;
}
