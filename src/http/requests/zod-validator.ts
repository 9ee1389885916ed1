// Checks requests against their zod schemas and says what is wrong in a sentence: the first thing, in the order
// of the schema, and what would be right. Never zod's own report, which is written for programmers.

import type { FastifySchemaCompiler } from 'fastify';
import { z } from 'zod';
import type { ErrorReason } from '../../error-reasons.ts';
import { badRequest } from '../../errors.ts';
import { shownText } from '../../names.ts';

type Issue = z.core.$ZodRawIssue;

/** For `setValidatorCompiler`. The error is a KeyplaneError `bad_request`. */
export const zodValidator: FastifySchemaCompiler<z.ZodType> =
  ({ schema, httpPart }) =>
  (data: unknown) => {
    const isBody = httpPart === 'body';
    const missing = data === undefined || data === null;
    if (isBody && missing && !schema.safeParse(undefined).success) {
      return { error: badRequest('Request body is required and must be a JSON object!') };
    }
    const result = schema.safeParse(missing ? undefined : data, {
      error: (issue) => issueText(issue, httpPart),
    });
    if (result.success) return { value: result.data };
    const [issue] = result.error.issues;
    return {
      error: badRequest(
        issue?.message ?? 'The request can not be read!',
        issue && placeOf(issue, { schema, data }),
      ),
    };
  };

interface Given {
  readonly schema: z.ZodType;
  readonly data: unknown;
}

function placeOf(issue: z.core.$ZodIssue, given: Given): { reason: ErrorReason; member?: string } {
  const path = pathText(issue.path);
  if (issue.code === 'unrecognized_keys') {
    const name = shownText(issue.keys[0] ?? '');
    return { reason: 'FIELD_UNKNOWN', member: path === '' ? name : `${path}.${name}` };
  }
  if (path === '') return { reason: 'REQUEST_NOT_VALID' };
  return { reason: lacksRequired(given, issue.path) ? 'FIELD_REQUIRED' : 'FIELD_NOT_VALID', member: path };
}

/** Of any kind: zod reports a missing enum as a wrong value. */
function lacksRequired({ schema, data }: Given, path: readonly PropertyKey[]): boolean {
  return isEmpty(valueAt(data, path)) && schemaAt(schema, path)?.safeParse(undefined).success === false;
}

function isEmpty(value: unknown): boolean {
  return (
    value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)
  );
}

function valueAt(data: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, part) => (typeof value === 'object' && value !== null ? Reflect.get(value, part) : undefined),
    data,
  );
}

/** Undefined within a record or a union, whose members are none of the schema's own. */
function schemaAt(schema: z.ZodType, path: readonly PropertyKey[]): z.ZodType | undefined {
  return path.reduce<unknown>((parent, part) => {
    const within = unwrapped(parent);
    if (within instanceof z.ZodObject) return within.shape[String(part)];
    return within instanceof z.ZodArray ? within.element : undefined;
  }, schema) as z.ZodType | undefined;
}

function unwrapped(schema: unknown): unknown {
  const isWrapped = schema instanceof z.ZodOptional || schema instanceof z.ZodNullable;
  return isWrapped ? unwrapped(schema.unwrap()) : schema;
}

function issueText(issue: Issue, httpPart: string | undefined): string {
  const member = pathText(issue.path ?? []);
  if (member === '' && issue.code === 'invalid_type') return 'Request body must be a JSON object!';
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? `${member} is required!`
        : `${member} must be ${kindText(issue.expected)}!`;
    case 'unrecognized_keys':
      return unknownText(issue, { member, word: httpPart === 'querystring' ? 'parameter' : 'member' });
    case 'invalid_value': {
      const fault = issue.input === undefined ? ' is required!' : `${givenText(issue.input)} is not valid!`;
      return `${member}${fault} Valid values: ${issue.values.map(String).join(', ')}`;
    }
    case 'too_small':
      return `${member} must ${boundText(issue.origin, 'least', issue.minimum)}!`;
    case 'too_big':
      return `${member} must ${boundText(issue.origin, 'most', issue.maximum)}!`;
    case 'custom':
      return issue.message ?? `${member} is not valid!`;
    default:
      return `${member} is not valid!`;
  }
}

/** `projects[2]`, `environmentList[0].alias`; names are those of the schema, not of the client. */
function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? shownText(String(part)) : `${text}.${shownText(String(part))}`;
  }, '');
}

function unknownText(
  issue: Extract<Issue, { code: 'unrecognized_keys' }>,
  { member, word }: { member: string; word: string },
): string {
  const name = shownText(issue.keys[0] ?? '');
  const shape = issue.inst instanceof z.ZodObject ? Object.keys(issue.inst.shape) : [];
  const where = member === '' ? '' : ` in ${member}`;
  const accepted = shape.length === 0 ? 'none' : shape.join(', ');
  return `Unknown ${word}: ${name}${where}! Accepted ${word}s: ${accepted}`;
}

const kinds: ReadonlyMap<string, string> = new Map([
  ['string', 'a string'],
  ['number', 'a number'],
  ['int', 'a whole number'],
  ['boolean', 'true or false'],
  ['array', 'a list'],
  ['object', 'an object'],
  ['record', 'an object'],
]);

function kindText(expected: string): string {
  return kinds.get(expected) ?? `of type ${expected}`;
}

/** Only short plain values are repeated. */
function givenText(input: unknown): string {
  return typeof input === 'string' || typeof input === 'number' ? ` (${shownText(String(input))})` : '';
}

function boundText(origin: string, side: 'least' | 'most', bound: number | bigint): string {
  if (origin === 'string') return `have at ${side} ${bound} characters`;
  if (origin === 'array') return `have at ${side} ${bound} items`;
  return `be at ${side} ${bound}`;
}
