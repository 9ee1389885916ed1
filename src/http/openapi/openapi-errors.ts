import { errorReasons } from '../../error-reasons.ts';
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
  Unavailable: 'Not now: starting, stopping, or the database does not answer',
});
export type ErrorResponseName = keyof typeof descriptions;

/** For `components.responses`: each described once, and referred to by every operation that may answer so. */
export const errorResponses = Object.fromEntries(
  Object.entries(descriptions).map(([name, description]) => [
    name,
    { description, content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } } },
  ]),
);
