// An example of a schema of the API's description, composed of examples of its members, so that an object is shown the same way
// wherever it appears.

import assert from 'node:assert';
import { memberExamples } from './member-examples.ts';

export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
}
export type Schemas = Readonly<Record<string, JsonSchema>>;

const place = '#/components/schemas/';
export function nameOfReference({ $ref }: JsonSchema): string | undefined {
  return $ref?.startsWith(place) ? $ref.slice(place.length) : undefined;
}

/** @param at names of the schema and of the member that has it */
export function exampleOf(schema: JsonSchema, schemas: Schemas, at: readonly string[] = []): unknown {
  const name = nameOfReference(schema);
  if (name !== undefined) {
    const referred = schemas[name];
    assert(referred, `no schema ${name}`);
    if (name in memberExamples) return memberExamples[name];
    return exampleOf(referred, schemas, [name]);
  }
  const [first] = schema.oneOf ?? schema.anyOf ?? [];
  if (first) return exampleOf(first, schemas, at);
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  const type = typeof schema.type === 'string' ? schema.type : schema.type?.[0];
  switch (type) {
    case 'object':
      return objectExample(schema, schemas, at);
    case 'array':
      return [exampleOf(schema.items ?? {}, schemas, at)];
    case 'boolean':
      return true;
    case 'integer':
    case 'number':
      return 1;
    default:
      assert.fail(`no example of ${at.join('.')}: add one to member-examples.ts`);
  }
}

function objectExample(schema: JsonSchema, schemas: Schemas, at: readonly string[]): unknown {
  const [owner = ''] = at;
  const shown = Object.entries(schema.properties ?? {}).filter(
    ([name]) =>
      schema.required?.includes(name) || `${owner}.${name}` in memberExamples || name === 'description',
  );
  return Object.fromEntries(
    shown.map(([name, member]): [string, unknown] => {
      const own = `${owner}.${name}`;
      if (own in memberExamples) return [name, memberExamples[own]];
      const isChosen = member.const !== undefined || nameOfReference(member) !== undefined;
      if (!isChosen && name in memberExamples) return [name, memberExamples[name]];
      return [name, exampleOf(member, schemas, [owner, name])];
    }),
  );
}
