// What an operation's description says beyond its schemas: who may call it, how it is rejected, examples of what goes in and
// comes out, and how it is called with curl and the typed client.

import type { FastifyContextConfig } from 'fastify';
import type { RouteAccess } from '../route-access.ts';
import { codeSamples } from './examples/code-samples.ts';
import { exampleOf, type JsonSchema, nameOfReference, type Schemas } from './examples/example-of.ts';
import { memberExamples } from './examples/member-examples.ts';
import type { ErrorResponseName } from './openapi-errors.ts';

export type RouteConfig = FastifyContextConfig & {
  readonly access: RouteAccess;
  /** The request may also come without a body. */
  readonly bodyIsOptional?: boolean;
};

interface Media {
  schema?: JsonSchema;
  example?: unknown;
  examples?: Readonly<Record<string, { readonly summary: string; readonly value: unknown }>>;
}

interface Parameter {
  readonly name?: string;
  readonly in?: string;
  description?: string;
  example?: unknown;
}

export interface OpenApiOperation {
  operationId?: string;
  summary?: string;
  description?: string;
  requestBody?: { required?: boolean; content?: Record<string, Media> };
  parameters?: (Parameter | { readonly $ref: string })[];
  responses?: Record<string, { description?: string; content?: Record<string, Media>; $ref?: string }>;
  'x-codeSamples'?: unknown;
}

export interface Place {
  readonly method: string;
  readonly path: string;
  readonly config: RouteConfig;
  readonly schemas: Schemas;
}

export function completeOperation(operation: OpenApiOperation, place: Place): void {
  const { config, schemas } = place;
  const told = operation.description === undefined ? [] : [operation.description];
  operation.description = [...told, accessText(config)].join('\n\n');
  describeParameters(operation);
  if (config.takesIdempotencyKey) {
    operation.parameters = [
      ...(operation.parameters ?? []),
      { $ref: '#/components/parameters/IdempotencyKey' },
    ];
  }
  addErrors(operation, config);
  const answer = operation.responses?.['200'];
  if (answer) {
    answer.description = 'Success';
    for (const media of Object.values(answer.content ?? {})) addExamples(media, schemas);
  }
  for (const media of Object.values(operation.requestBody?.content ?? {})) addExamples(media, schemas);
  if (operation.requestBody && config.bodyIsOptional) operation.requestBody.required = false;
  addCodeSamples(operation, place);
}

function accessText({ access, takesIdempotencyKey }: RouteConfig): string {
  const repeated = takesIdempotencyKey ? ' It can be repeated safely with an `Idempotency-Key`.' : '';
  return whoMay(access) + repeated;
}

function whoMay(access: RouteAccess): string {
  switch (access.kind) {
    case 'anyone':
      return 'No token is required.';
    case 'signed-in':
      return 'Every user may call it.';
    case 'admin':
      return access.orOneself
        ? 'Administrators may call it, and users about themselves.'
        : 'Administrators may call it.';
    case 'project':
      if (access.admin) return 'Administrators may call it.';
      if (access.roles.length === 0) return 'Members of the project may call it.';
      return `It requires ${access.roles.map((role) => `\`${role}\``).join(' and ')} in the project.`;
    default:
      return access satisfies never;
  }
}

const pathParameters: Readonly<Record<string, string>> = Object.freeze({
  projectName: 'Name of the project',
  environmentName: 'Name of the environment',
  jwkName: 'Name of the JWK',
  certificateName: 'Name of the certificate',
  keyName: 'Name of the key',
  keystoreName: 'Name of the keystore',
  nodeName: 'Name of the node',
  username: 'Name of the user',
  tokenName: 'Name of the token',
  tokenId: 'Id of the enrollment token',
  ringName: 'Name of the key ring',
  revocationId: 'Id of the revocation, from the response that revoked the key',
  applicationName: 'Name of the application',
  tokenProfileName: 'Name of the token profile',
  viewName: 'Name of the view',
  outletName: 'Name of the outlet',
});

/** A parameter of a named schema refers to it, which has none. */
const filters: Readonly<Record<string, string>> = Object.freeze({
  type: 'Those with this key type',
  use: 'Those with this use',
  sourceType: 'Those that were created from such a source',
});

function describeParameters({ parameters = [] }: OpenApiOperation): void {
  for (const parameter of parameters) {
    if (!('in' in parameter)) continue;
    if (parameter.in === 'query') parameter.description ??= filters[parameter.name ?? ''] ?? '';
    if (parameter.in !== 'path') continue;
    parameter.description = pathParameters[parameter.name ?? ''] ?? '';
    parameter.example = memberExamples[parameter.name ?? ''];
  }
}

/** A schema of several forms has an example of each. */
function addExamples(media: Media, schemas: Schemas): void {
  const { schema = {} } = media;
  if (schema.type === 'string') return;
  const forms = formsOf(schema, schemas);
  if (forms.length < 2) {
    media.example = exampleOf(schema, schemas);
    return;
  }
  media.examples = Object.fromEntries(
    forms.map((form) => {
      const name = nameOfReference(form) ?? '';
      return [name, { summary: wordsOf(name), value: exampleOf(form, schemas) }];
    }),
  );
}

function formsOf(schema: JsonSchema, schemas: Schemas): readonly JsonSchema[] {
  const named = schemas[nameOfReference(schema) ?? ''];
  return named?.oneOf ?? named?.anyOf ?? [];
}

/** `CreateJwkFromUrl`: Create JWK from url. */
function wordsOf(name: string): string {
  const words = name.replace(/([a-z])([A-Z])/g, '$1 $2').split(' ');
  return words
    .map((word, index) => (index === 0 ? word : word.toLowerCase()))
    .join(' ')
    .replaceAll('jwk', 'JWK');
}

function addCodeSamples(operation: OpenApiOperation, { method, path, config, schemas }: Place): void {
  const { operationId = '', parameters = [] } = operation;
  const names = Array.from(path.matchAll(/\{(\w+)\}/g), ([, name = '']) => name);
  const [taken] = Object.entries(operation.requestBody?.content ?? {});
  const body = taken && bodyOf(taken, schemas);
  operation['x-codeSamples'] = codeSamples({
    operationId,
    method: method.toUpperCase(),
    path,
    parameters: Object.fromEntries(names.map((name) => [name, String(memberExamples[name] ?? '')])),
    needsToken: config.access.kind !== 'anyone',
    ...(body && { body }),
  });
  operation.parameters = parameters;
}

function bodyOf([mediaType, media]: [string, Media], schemas: Schemas) {
  const { schema = {}, examples = {} } = media;
  const [first] = Object.values(examples);
  const named = schemas[nameOfReference(schema) ?? ''] ?? schema;
  const files = Object.entries(named.properties ?? {}).filter(([, { format }]) => format === 'binary');
  const value = media.example ?? first?.value;
  return { mediaType, value, files: new Set(files.map(([name]) => name)) };
}

function addErrors(operation: OpenApiOperation, config: RouteConfig): void {
  const responses = operation.responses ?? {};
  operation.responses = responses;
  for (const status of rejectionsOf(operation, config)) {
    responses[status] ??= { $ref: `#/components/responses/${errorNames[status]}` };
  }
}

const errorNames = Object.freeze({
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  409: 'Conflict',
  413: 'PayloadTooLarge',
  415: 'UnsupportedMediaType',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'Unavailable',
} as const satisfies Record<number, ErrorResponseName>);

/** Every request is rejected whose headers are too many or whose host is not one. */
function rejectionsOf(
  operation: OpenApiOperation,
  config: RouteConfig,
): readonly (keyof typeof errorNames)[] {
  const { kind } = config.access;
  const rejections = new Set<keyof typeof errorNames>([400, 500, ...(config.alsoRefuses ?? [])]);
  const add = (...statuses: (keyof typeof errorNames)[]) => {
    for (const status of statuses) rejections.add(status);
  };
  if (kind !== 'anyone') add(401, 429);
  if (kind === 'admin' || kind === 'project') add(403);
  if (kind === 'project') add(404);
  if (operation.requestBody !== undefined) add(413, 415);
  if (operation.requestBody !== undefined && kind !== 'anyone') add(409);
  return [...rejections].sort((a, b) => a - b);
}
