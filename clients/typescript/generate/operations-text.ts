// The description of the API to `src/operations.ts`: a type and one row of facts for each operation.

import { memberName, referencesIn, type Schema, typeText } from './schema-types.ts';

interface Parameter {
  readonly $ref?: string;
  readonly name?: string;
  readonly in?: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema?: Schema;
}

interface Content {
  /** Of a request's body. */
  readonly required?: boolean;
  readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>;
}

interface Operation {
  readonly operationId: string;
  readonly summary?: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content>>;
}

export interface ApiDescription {
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly parameters: Readonly<Record<string, Parameter>>;
  };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

interface Named extends Operation {
  readonly method: string;
  readonly path: string;
}

const bodyKinds: Readonly<Record<string, string>> = Object.freeze({
  'application/json': 'json',
  'multipart/form-data': 'form',
  'application/x-www-form-urlencoded': 'urlencoded',
});

/** The whole of `src/operations.ts`, not in shape yet. */
export function operationsFile(description: ApiDescription): string {
  const operations = Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(
      ([method, operation]): Named => ({
        ...operation,
        method,
        path,
        parameters: operation.parameters?.map((parameter) => resolved(parameter, description)) ?? [],
      }),
    ),
  );
  const ordered = operations
    .filter(({ path }) => path.startsWith('/apiops/'))
    .sort((a, b) => (a.operationId < b.operationId ? -1 : 1));
  const schemas = [...referencesIn(ordered.flatMap(describedTypes))].sort();
  return `import type { DownloadedFile } from './downloaded-file.ts';
import type { ${schemas.join(', ')} } from './schemas.ts';

// Made from openapi.json by \`npm run client\`; a change belongs there.

export interface Operations {
${ordered.map(typeOf).join('')}}

/** How each operation is called. \`repeatable\`: it takes an Idempotency-Key. */
export const operations = {
${ordered.map(rowOf).join('')}} as const satisfies Record<keyof Operations, OperationFacts>;

export interface OperationFacts {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly query: readonly string[];
  readonly body: 'json' | 'form' | 'urlencoded' | 'none';
  readonly answer: 'json' | 'file';
  readonly repeatable: boolean;
}
`;
}

/** What the types of an operation are made from. */
function describedTypes(operation: Named): unknown {
  return [named(operation), bodyOf(operation)?.schema, answerSchema(operation)];
}

function resolved(parameter: Parameter, { components }: ApiDescription): Parameter {
  const [, name = ''] = /^#\/components\/parameters\/(\w+)$/.exec(parameter.$ref ?? '') ?? [];
  return components.parameters[name] ?? parameter;
}

function typeOf(operation: Named): string {
  const { operationId, summary } = operation;
  return `  /** ${summary} */
  ${operationId}: {
    input: ${inputText(operation)};
    answer: ${answerText(operation)};
  };
`;
}

function inputText(operation: Named): string {
  const members = named(operation).map(({ name = '', in: place, required, description, schema = {} }) => {
    const comment = description === undefined ? '' : `      /** ${description} */\n`;
    const mark = required ? '' : '?';
    // Everything in a query is text in the end.
    const text =
      place === 'query' && schema.type === 'integer' ? 'number | string' : typeText(schema, '      ');
    return `${comment}      readonly ${memberName(name)}${mark}: ${text}${mark && ' | undefined'};\n`;
  });
  const body = bodyOf(operation);
  if (body) {
    const [mark, orNone] = body.isRequired ? ['', ''] : ['?', ' | undefined'];
    members.push(`      readonly body${mark}: ${typeText(body.schema, '      ')}${orNone};\n`);
  }
  return members.length === 0 ? 'Readonly<Record<string, never>>' : `{\n${members.join('')}    }`;
}

/** Of the path and of the query; the one header belongs to every repeatable operation alike. */
function named({ parameters = [] }: Named): readonly Parameter[] {
  return parameters.filter(({ in: place }) => place === 'path' || place === 'query');
}

interface Body {
  readonly kind: string;
  readonly schema: Schema;
  readonly isRequired: boolean;
}

function bodyOf({ requestBody }: Named): Body | undefined {
  const [found] = Object.entries(requestBody?.content ?? {});
  if (found === undefined) return undefined;
  const [mediaType, { schema = {} }] = found;
  const kind = bodyKinds[mediaType];
  if (kind === undefined) throw new Error(`no client for a body of ${mediaType}`);
  return { kind, schema, isRequired: requestBody?.required === true };
}

function answerSchema({ responses }: Named): Schema {
  const [found] = Object.values(responses['200']?.content ?? {});
  return found?.schema ?? {};
}

function isFile(operation: Named): boolean {
  return answerSchema(operation).type === 'string';
}

function answerText(operation: Named): string {
  return isFile(operation) ? 'DownloadedFile' : typeText(answerSchema(operation), '    ');
}

function rowOf(operation: Named): string {
  const { operationId, method, path, parameters = [] } = operation;
  const query = named(operation).filter(({ in: place }) => place === 'query');
  const facts = {
    method: method.toUpperCase(),
    path,
    query: query.map(({ name }) => name),
    body: bodyOf(operation)?.kind ?? 'none',
    answer: isFile(operation) ? 'file' : 'json',
    repeatable: parameters.some(({ name }) => name === 'Idempotency-Key'),
  };
  return `  ${operationId}: ${JSON.stringify(facts)},\n`;
}
