import { type ErrorReason, errorReasons } from '../../error-reasons.ts';
import { errorStatus } from '../../errors.ts';

/** The one shape of every error. */
export const errorSchema = Object.freeze({
  type: 'object',
  required: ['error', 'error_description', 'reason'],
  properties: {
    error: { type: 'string', enum: Object.keys(errorStatus) },
    error_description: {
      type: 'string',
      description: 'What was wrong and, where one exists, what would be right',
    },
    reason: {
      type: 'string',
      enum: [...errorReasons],
      description: 'Stable name of what was wrong; decide by this, never by the text',
    },
    member: { type: 'string', description: 'The member of the request that is at fault, where it is one' },
    retry_after: { type: 'integer', description: 'Seconds; with rate_limit_exceeded' },
    request_id: { type: 'string', description: 'With internal_error; the log has it too' },
  },
});

const descriptions = Object.freeze({
  BadRequest: 'Something in the request is wrong, or what it names is not there',
  Unauthorized: 'No token, or one that is unknown, expired or revoked',
  Forbidden: 'A role is missing',
  NotFound: 'The project does not exist, or the caller is no member of it',
  Conflict: 'Another request raced this one; nothing was stored',
  PayloadTooLarge: 'The body is too large',
  UnsupportedMediaType: 'The body is of a type that this operation does not take',
  TooManyRequests: 'Too many requests or wrong passwords, or too much of the same work at once',
  InternalError: 'An unexpected error',
  Unavailable: 'Not now: starting, stopping, or the database does not respond',
});
export type ErrorResponseName = keyof typeof descriptions;

interface ErrorExample {
  readonly error: keyof typeof errorStatus;
  readonly error_description: string;
  readonly reason: ErrorReason;
  readonly member?: string;
  readonly retry_after?: number;
  readonly request_id?: string;
}

const badRequest = (reason: ErrorReason, text: string, member?: string): ErrorExample => ({
  error: 'bad_request',
  error_description: text,
  reason,
  ...(member !== undefined && { member }),
});

/** One for each reason that a client meets often. */
const examples: Readonly<Record<ErrorResponseName, readonly ErrorExample[]>> = Object.freeze({
  BadRequest: [
    badRequest('FIELD_REQUIRED', 'URL is required for URL source type!', 'url'),
    badRequest(
      'FIELD_NOT_VALID',
      'Use type (SIGN) is not valid! Valid values: SIGNATURE, ENCRYPTION',
      'useType',
    ),
    badRequest(
      'NAME_TAKEN',
      'JWK (name: orders) is already exist! Try update operation if want to change its value.',
      'name',
    ),
    badRequest('NOT_FOUND', 'JWK (name: orders) is not found!'),
    badRequest(
      'ALGORITHM_NOT_VALID',
      'Algorithm (HS256) is not valid for EC keys with use type SIGNATURE! Valid values: ES256, ES384, ES512, ES256K',
      'algorithm',
    ),
    badRequest(
      'KID_TAKEN',
      'kid (orders-2026) is already used by JWK (name: orders)! A kid must name one key in a JWK Set.',
      'kid',
    ),
  ],
  Unauthorized: [
    { error: 'unauthorized_client', error_description: 'Invalid token', reason: 'TOKEN_NOT_VALID' },
  ],
  Forbidden: [
    {
      error: 'forbidden',
      error_description: 'You do not have permission to perform this action',
      reason: 'ROLE_MISSING',
    },
  ],
  NotFound: [
    {
      error: 'not_found',
      error_description: 'Project(MyProject) was not found or user does not have privilege to access it!',
      reason: 'NOT_FOUND',
    },
  ],
  Conflict: [
    {
      error: 'conflict',
      error_description: 'JWK (name: orders) was changed by another request at the same time, try again!',
      reason: 'CONFLICT',
    },
  ],
  PayloadTooLarge: [
    {
      error: 'payload_too_large',
      error_description: 'Request body is larger than 1048576 bytes!',
      reason: 'PAYLOAD_TOO_LARGE',
    },
  ],
  UnsupportedMediaType: [
    {
      error: 'unsupported_media_type',
      error_description: 'Content-Type is not supported! Accepted: application/json',
      reason: 'MEDIA_TYPE_NOT_SUPPORTED',
    },
  ],
  TooManyRequests: [
    {
      error: 'rate_limit_exceeded',
      error_description: 'Too many requests, try again in 12 seconds!',
      reason: 'TOO_MANY_REQUESTS',
      retry_after: 12,
    },
  ],
  InternalError: [
    {
      error: 'internal_error',
      error_description: 'An unexpected error occurred',
      reason: 'INTERNAL',
      request_id: '2f0a5b8c-4d3e-4c64-9d1e-01936c2e7b1a',
    },
  ],
  Unavailable: [
    {
      error: 'unavailable',
      error_description: 'The database does not respond',
      reason: 'UNAVAILABLE',
    },
  ],
});

/** For `components.responses`: each described once, and referred to by every operation that may respond so. */
export const errorResponses = Object.fromEntries(
  (Object.keys(descriptions) as ErrorResponseName[]).map((name) => {
    const shown = examples[name].map((value) => [value.reason, { summary: value.reason, value }]);
    const schema = { $ref: '#/components/schemas/Error' };
    const media = { schema, examples: Object.fromEntries(shown) };
    return [name, { description: descriptions[name], content: { 'application/json': media } }];
  }),
);
