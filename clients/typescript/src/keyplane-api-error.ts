/** The codes of docs/errors.md; a newer server may know more. */
export type KeyplaneErrorCode =
  | 'bad_request'
  | 'unsupported_grant_type'
  | 'unauthorized_client'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'payload_too_large'
  | 'unsupported_media_type'
  | 'rate_limit_exceeded'
  | 'internal_error'
  | 'unavailable'
  | (string & {});

/** What the server refused, in its own words. */
export class KeyplaneApiError extends Error {
  override readonly name = 'KeyplaneApiError';
  readonly code: KeyplaneErrorCode;
  readonly status: number;
  /** The reasons of docs/errors.md, by which programs decide; undefined where something else than keyplane answered. */
  readonly reason: string | undefined;
  /** The member of the request that is at fault. */
  readonly member: string | undefined;
  /** The server's log has it too. */
  readonly requestId: string | undefined;
  /** Seconds; only of `rate_limit_exceeded`. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    message: string,
    facts: {
      readonly code: KeyplaneErrorCode;
      readonly status: number;
      readonly reason?: string | undefined;
      readonly member?: string | undefined;
      readonly requestId?: string | undefined;
      readonly retryAfterSeconds?: number | undefined;
    },
  ) {
    super(message);
    this.code = facts.code;
    this.status = facts.status;
    this.reason = facts.reason;
    this.member = facts.member;
    this.requestId = facts.requestId;
    this.retryAfterSeconds = facts.retryAfterSeconds;
  }
}

/** No answer was had: nothing is known of what became of the request. */
export class KeyplaneConnectionError extends Error {
  override readonly name = 'KeyplaneConnectionError';
}

/** @throws KeyplaneApiError always */
export async function throwApiError(response: Response): Promise<never> {
  const body = await bodyOf(response);
  const requestId = body.request_id ?? response.headers.get('x-request-id') ?? undefined;
  const retryAfter = Number(body.retry_after ?? response.headers.get('retry-after') ?? Number.NaN);
  throw new KeyplaneApiError(body.error_description ?? `The server answered with status ${response.status}`, {
    code: body.error ?? 'internal_error',
    status: response.status,
    reason: body.reason,
    member: body.member,
    requestId,
    retryAfterSeconds: Number.isFinite(retryAfter) ? retryAfter : undefined,
  });
}

interface ErrorBody {
  readonly error?: string;
  readonly error_description?: string;
  readonly reason?: string;
  readonly member?: string;
  readonly retry_after?: number;
  readonly request_id?: string;
}

/** A proxy between may answer with something else than JSON. */
async function bodyOf(response: Response): Promise<ErrorBody> {
  try {
    const body: unknown = await response.json();
    return typeof body === 'object' && body !== null ? body : {};
  } catch {
    return {};
  }
}
