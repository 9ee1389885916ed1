// What a schema for claims may contain, so that a check by it takes a time that the sizes of both bound. Every keyword of JSON
// Schema 2020-12 is known here, and any other is rejected: one that is not checked would be taken for a check.

import { badRequest, type KeyplaneError } from '../../../errors.ts';
import { shownText } from '../../../names.ts';
import { linearPattern } from '../patterns/linear-pattern.ts';
import { PatternError } from '../patterns/parse-pattern.ts';
import { schemaFormats } from './formats.ts';

export type SchemaObject = Readonly<Record<string, unknown>>;

const mostBytes = 16 * 1024;
/** Subschemas, those of a reference counted each time. */
const mostSubschemas = 1_000;
/** States of all patterns, those of a reference counted each time. */
const mostPatternStates = 1_000;
const mostUniqueItems = 100;
const deepest = 32;

const types: readonly string[] = ['array', 'boolean', 'integer', 'null', 'number', 'object', 'string'];
const dialect = 'https://json-schema.org/draft/2020-12/schema';

type Shape = 'SCHEMA' | 'SCHEMAS' | 'SCHEMA_MAP' | 'VALUE';
const keywordsByShape: Readonly<Record<Shape, string>> = {
  SCHEMA:
    'not if then else items contains additionalProperties propertyNames unevaluatedItems unevaluatedProperties',
  SCHEMAS: 'allOf anyOf oneOf prefixItems',
  SCHEMA_MAP: 'properties patternProperties dependentSchemas $defs',
  VALUE: `type enum const multipleOf maximum exclusiveMaximum minimum exclusiveMinimum maxLength minLength pattern maxItems
    minItems uniqueItems maxContains minContains maxProperties minProperties required dependentRequired format $ref $schema
    $id $comment title description default examples deprecated readOnly writeOnly`,
};
/** What each keyword holds. */
const keywords: ReadonlyMap<string, Shape> = new Map(
  (Object.keys(keywordsByShape) as Shape[]).flatMap((shape) =>
    keywordsByShape[shape].split(/\s+/).map((name): [string, Shape] => [name, shape]),
  ),
);

/**
 * Whether keywords have values of the right kind is for the meta-schema to say; one that has not is passed over here.
 * @throws KeyplaneError `bad_request`
 */
export function requireBounded(schema: SchemaObject): void {
  const bytes = Buffer.byteLength(JSON.stringify(schema));
  if (bytes > mostBytes) throw notValid(root, `is larger than ${mostBytes} bytes!`);
  const walk = new Walk(schema);
  // What no reference reaches is checked, too, and counts.
  walk.visit(schema, { at: root, depth: 0, references: [] });
}

const root = 'claims.schema';

interface Place {
  readonly at: string;
  readonly depth: number;
  /** Those that led here. */
  readonly references: readonly string[];
}

class Walk {
  readonly #root: SchemaObject;
  #subschemas = 0;
  #patternStates = 0;
  /** By pattern, its states: each reference to a definition comes to its patterns again. */
  readonly #patternSizes = new Map<string, number>();

  constructor(schema: SchemaObject) {
    this.#root = schema;
  }

  visit(schema: unknown, place: Place): void {
    const { at, depth, references } = place;
    if (typeof schema === 'boolean' || !isObject(schema)) return;
    this.#subschemas += 1;
    if (this.#subschemas > mostSubschemas) {
      throw notValid(
        root,
        `has more than ${mostSubschemas} subschemas, those of references counted each time!`,
      );
    }
    if (depth > deepest) throw notValid(at, `is nested deeper than ${deepest} levels!`);
    for (const [name, value] of Object.entries(schema)) {
      const shape = keywords.get(name);
      const where = `${at}.${shownText(name)}`;
      if (shape === undefined) {
        throw notValid(where, 'is no keyword of JSON Schema 2020-12 that is supported!');
      }
      const below = (part: string | number) => ({ at: `${where}${part}`, depth: depth + 1, references });
      if (shape === 'SCHEMA') this.visit(value, below(''));
      else if (shape === 'SCHEMAS' && Array.isArray(value)) {
        for (const [index, one] of value.entries()) this.visit(one, below(`[${index}]`));
      } else if (shape === 'SCHEMA_MAP' && isObject(value)) {
        for (const [key, one] of Object.entries(value)) this.visit(one, below(`.${shownText(key)}`));
      }
    }
    this.#checkKeywords(schema, place);
  }

  #checkKeywords(schema: SchemaObject, { at, depth, references }: Place): void {
    const { $schema, $id, $ref, type, format, pattern, patternProperties, uniqueItems, maxItems } = schema;
    if ($schema !== undefined && $schema !== dialect && $schema !== `${dialect}#`) {
      throw notValid(`${at}.$schema`, `is not valid! It takes ${dialect}`);
    }
    if ($id !== undefined && schema !== this.#root) {
      throw notValid(`${at}.$id`, 'is for the whole schema only!');
    }
    const unknownType = (Array.isArray(type) ? type : [type]).find(
      (one) => typeof one === 'string' && !types.includes(one),
    );
    if (unknownType !== undefined) {
      throw notValid(
        `${at}.type`,
        `(${shownText(unknownType)}) is not valid! Valid values: ${types.join(', ')}`,
      );
    }
    if (typeof format === 'string' && !Object.hasOwn(schemaFormats, format)) {
      const values = Object.keys(schemaFormats).join(', ');
      throw notValid(`${at}.format`, `(${shownText(format)}) is not valid! Valid values: ${values}`);
    }
    if (typeof pattern === 'string') this.#addPattern(pattern, `${at}.pattern`);
    for (const one of isObject(patternProperties) ? Object.keys(patternProperties) : []) {
      this.#addPattern(one, `${at}.patternProperties`);
    }
    const hasFew = typeof maxItems === 'number' && maxItems <= mostUniqueItems;
    if (uniqueItems === true && !hasFew) {
      throw notValid(`${at}.uniqueItems`, `needs maxItems of at most ${mostUniqueItems} beside it!`);
    }
    if ($ref !== undefined) {
      this.visit(this.#definition($ref, at, references), {
        at: `${at}.$ref`,
        depth: depth + 1,
        references: [...references, String($ref)],
      });
    }
  }

  #definition($ref: unknown, at: string, references: readonly string[]): unknown {
    const where = `${at}.$ref`;
    const shown = shownText(typeof $ref === 'string' ? $ref : '');
    const name = typeof $ref === 'string' ? /^#\/\$defs\/([^/~%]+)$/.exec($ref)?.[1] : undefined;
    if (name === undefined) {
      throw notValid(
        where,
        `(${shown}) is not valid! It takes a definition of the same schema, such as #/$defs/name`,
      );
    }
    const { $defs } = this.#root;
    if (!isObject($defs) || !Object.hasOwn($defs, name)) {
      throw notValid(where, `(${shown}) is not found in $defs!`);
    }
    if (references.includes(String($ref))) throw notValid(where, `(${shown}) refers to itself!`);
    return $defs[name];
  }

  #addPattern(pattern: string, where: string): void {
    const size = this.#patternSizes.get(pattern) ?? patternSize(pattern, where);
    this.#patternSizes.set(pattern, size);
    this.#patternStates += size;
    if (this.#patternStates > mostPatternStates) {
      throw notValid(where, `makes the patterns of the schema too large! Use maxLength in place of {n,m}`);
    }
  }
}

/** @throws KeyplaneError `bad_request` */
function patternSize(pattern: string, where: string): number {
  try {
    return linearPattern(pattern).size;
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    throw notValid(where, `(${shownText(pattern)}) is not valid: ${error.message}!`);
  }
}

function isObject(value: unknown): value is SchemaObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function notValid(member: string, text: string): KeyplaneError {
  return badRequest(`${member} ${text}`, { reason: 'FIELD_NOT_VALID', member });
}
