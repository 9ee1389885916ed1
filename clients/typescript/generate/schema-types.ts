// JSON Schema, as far as keyplane's own description uses it, to the text of a TypeScript type.
// It rejects what it does not know: a wrong type is worse than none.

export interface Schema {
  readonly $ref?: string;
  readonly oneOf?: readonly Schema[];
  readonly const?: unknown;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly additionalProperties?: Schema | boolean;
  readonly format?: string;
}

/** @param indent spaces before the members of an object */
export function typeText(schema: Schema, indent: string): string {
  if (schema.$ref !== undefined) return referredName(schema.$ref);
  const parts = schema.anyOf ?? schema.oneOf;
  if (parts) return unionOf(parts.map((part) => typeText(part, indent)));
  if (schema.const !== undefined) return literal(schema.const);
  if (Array.isArray(schema.type)) {
    return unionOf(schema.type.map((type) => typeText({ ...schema, type }, indent)));
  }
  if (schema.enum) return unionOf(schema.enum.map(literal));
  switch (schema.type) {
    case 'string':
      return schema.format === 'binary' ? 'Blob | string' : 'string';
    case 'integer':
    case 'number':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'null':
      return 'null';
    case 'array':
      return `readonly ${parenthesised(typeText(schema.items ?? {}, indent))}[]`;
    case 'object':
      return objectText(schema, indent);
    case undefined:
      return 'unknown';
    default:
      throw new Error(`no TypeScript type for a schema of type ${schema.type}`);
  }
}

/** The name of a schema of `components.schemas`. */
function referredName(reference: string): string {
  const [, name] = /^#\/components\/schemas\/(\w+)$/.exec(reference) ?? [];
  if (name === undefined) throw new Error(`no TypeScript type for a reference to ${reference}`);
  return name;
}

function literal(value: unknown): string {
  return JSON.stringify(value).replaceAll('"', "'");
}

function unionOf(parts: readonly string[]): string {
  return [...new Set(parts)].join(' | ');
}

function parenthesised(text: string): string {
  return text.includes(' | ') && !text.startsWith('{') ? `(${text})` : text;
}

function objectText(schema: Schema, indent: string): string {
  const { properties, required = [], additionalProperties } = schema;
  if (properties === undefined) {
    const value =
      typeof additionalProperties === 'object' ? typeText(additionalProperties, indent) : 'unknown';
    return `Readonly<Record<string, ${value}>>`;
  }
  const inner = `${indent}  `;
  const members = Object.entries(properties).map(([name, member]) => {
    const comment = member.description === undefined ? '' : `${inner}/** ${member.description} */\n`;
    const mark = required.includes(name) ? '' : '?';
    const text = typeText(member, inner);
    return `${comment}${inner}readonly ${memberName(name)}${mark}: ${text}${mark && ' | undefined'};\n`;
  });
  return members.length === 0 ? 'Readonly<Record<string, never>>' : `{\n${members.join('')}${indent}}`;
}

/** Names of the schemas that a part of the description refers to. */
export function referencesIn(part: unknown): ReadonlySet<string> {
  const found = new Set<string>();
  JSON.stringify(part, (key, value: unknown) => {
    if (key === '$ref' && typeof value === 'string') found.add(referredName(value));
    return value;
  });
  return found;
}

export function memberName(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : `'${name}'`;
}
