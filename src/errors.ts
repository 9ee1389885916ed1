// The closed list of what can go wrong, as the outside sees it: code, HTTP status, public text.
// `message` is written for the user and never holds a stack, a path or a secret;
// `detail` is for the log only.

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

export interface ErrorOptions {
  /** For the log only; never sent to a client. */
  readonly detail?: string;
  readonly cause?: unknown;
  /** Seconds; only with `rate_limit_exceeded`. */
  readonly retryAfterSeconds?: number;
}

/** The one class of error that crosses rooms. `message` is public text. */
export class KeyplaneError extends Error {
  override readonly name = 'KeyplaneError';
  readonly code: ErrorCode;
  readonly detail: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, publicText: string, options: ErrorOptions = {}) {
    super(publicText, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.detail = options.detail;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  get status(): number {
    return errorStatus[this.code];
  }
}

export function badRequest(publicText: string, options?: ErrorOptions): KeyplaneError {
  return new KeyplaneError('bad_request', publicText, options);
}

export function isKeyplaneError(error: unknown): error is KeyplaneError {
  return error instanceof KeyplaneError;
}
