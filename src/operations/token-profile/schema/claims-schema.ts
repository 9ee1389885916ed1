// The schema of the claims that a caller gives: compiled once, when the profile arrives, and never for a request.

import { createRequire } from 'node:module';
import type { Ajv2020, ErrorObject, Options } from 'ajv/dist/2020.js';
import { badRequest } from '../../../errors.ts';
import type { JsonObject } from '../../../jose/json.ts';
import { linearPattern } from '../patterns/linear-pattern.ts';
import { schemaFormats } from './formats.ts';
import { requireBounded, type SchemaObject } from './schema-bounds.ts';

/** Why claims are not valid. */
export interface ClaimsFault {
  /** The claim, and members of it: `address.country`. Empty: the claims as a whole. */
  readonly path: string;
  readonly problem: 'MISSING' | 'NOT_ALLOWED' | 'NOT_VALID';
  /** As the end of a sentence: `must be string`. */
  readonly text: string;
}

export type ClaimsCheck = (claims: JsonObject) => ClaimsFault | undefined;

/** The engine of the validator takes it for a RegExp. It keeps patterns by their texts. */
function patternEngine(source: string): { test(text: string): boolean; toString(): string } {
  return { test: linearPattern(source).test, toString: () => source };
}
patternEngine.code = 'linearPattern';

const options: Options = {
  strict: false,
  validateSchema: false,
  meta: false,
  inlineRefs: false,
  ownProperties: true,
  logger: false,
  formats: schemaFormats,
  code: { regExp: patternEngine },
};

const require = createRequire(import.meta.url);

/** The validator, loaded at the first schema: most managers and nodes never have one. */
function createValidator(given: Options): Ajv2020 {
  const { Ajv2020: Validator } = require('ajv/dist/2020.js') as {
    readonly Ajv2020: new (options: Options) => Ajv2020;
  };
  return new Validator(given);
}

let metaSchema: Ajv2020 | undefined;

/** @throws KeyplaneError `bad_request` for a schema that is not sound, or that could take long to check */
export function requireClaimsSchema(schema: SchemaObject): SchemaObject {
  requireBounded(schema);
  metaSchema ??= createValidator({ strict: false, logger: false, validateFormats: false });
  if (metaSchema.validateSchema(schema) !== true) {
    const fault = faultOf(metaSchema.errors);
    const member = ['claims.schema', fault.path].filter((part) => part !== '').join('.');
    throw badRequest(`${member} ${fault.text}!`, { reason: 'FIELD_NOT_VALID', member });
  }
  compileClaimsSchema(schema);
  return schema;
}

/** @param schema one that was checked when it was stored */
export function compileClaimsSchema({ $id: _id, $schema: _dialect, ...schema }: SchemaObject): ClaimsCheck {
  // One for each schema: a validator keeps all that it compiled.
  const validate = createValidator(options).compile(plainCopy(schema));
  return (claims) => {
    // The validator compares objects by their methods, and those of a strict reader have none.
    const plain = plainCopy(claims);
    try {
      return validate(plain) === true ? undefined : faultOf(validate.errors);
    } catch {
      return notComparable;
    }
  };
}

function plainCopy<T extends object>(value: T): T {
  return JSON.parse(JSON.stringify(value));
}

/** The validator calls what it takes for methods of the two objects that it compares. */
const notComparable: ClaimsFault = Object.freeze({
  path: '',
  problem: 'NOT_VALID',
  text: 'cannot compare objects with a member named valueOf or toString',
});

function faultOf(errors: readonly ErrorObject[] | null | undefined): ClaimsFault {
  // Of alternatives that all failed, the last error names the keyword that has them.
  const error = errors?.at(-1);
  if (error === undefined) return { path: '', problem: 'NOT_VALID', text: 'is not valid' };
  const { instancePath, keyword, params, message = 'is not valid' } = error;
  const path = instancePath.split('/').slice(1).map(unescaped);
  const { problem, parameter = '' } = problemOf.get(keyword) ?? { problem: 'NOT_VALID' };
  return { path: dotted(path, params[parameter]), problem, text: message };
}

/** By keyword, where the claim at fault is named by a parameter of the error, or its presence is the fault. */
const problemOf: ReadonlyMap<
  string,
  { readonly problem: ClaimsFault['problem']; readonly parameter?: string }
> = new Map([
  ['required', { problem: 'MISSING', parameter: 'missingProperty' }],
  ['dependentRequired', { problem: 'MISSING', parameter: 'missingProperty' }],
  ['additionalProperties', { problem: 'NOT_ALLOWED', parameter: 'additionalProperty' }],
  ['unevaluatedProperties', { problem: 'NOT_ALLOWED', parameter: 'unevaluatedProperty' }],
  ['propertyNames', { problem: 'NOT_ALLOWED', parameter: 'propertyName' }],
  ['false schema', { problem: 'NOT_ALLOWED' }],
]);

function dotted(path: readonly string[], last?: unknown): string {
  return typeof last === 'string' ? [...path, last].join('.') : path.join('.');
}

/** RFC 6901 §4. */
function unescaped(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}
