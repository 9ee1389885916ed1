// JSON Schema, as far as keyplane's own description uses it, to the text of a TypeScript type.
// What it does not know it refuses: a type that is wrong is worse than none.

export interface Schema {
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
  if (schema.anyOf) return unionOf(schema.anyOf.map((part) => typeText(part, indent)));
  if (Array.isArray(schema.type)) {
    return unionOf(schema.type.map((type) => typeText({ ...schema, type }, indent)));
  }
  if (schema.enum) return unionOf(schema.enum.map((value) => JSON.stringify(value).replaceAll('"', "'")));
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

export function memberName(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : `'${name}'`;
}
