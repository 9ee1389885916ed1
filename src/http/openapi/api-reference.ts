// The API's description, made from the very schemas that validate requests and filter answers, and the reference
// at /docs that is drawn from it with nothing fetched from elsewhere. Both are the work of a server that listens nowhere:
// it has the routes of the manager's, and answers none of them.

import swagger, { type FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import Fastify, {
  type FastifyContextConfig,
  type FastifySchema,
  type LightMyRequestResponse,
  type RouteOptions,
} from 'fastify';
import { z } from 'zod';
import { docsPolicy } from '../answers/security-headers.ts';
import type { RouteAccess } from '../route-access.ts';
import { setZodCompilers, withoutCompilers } from '../schema-compilers.ts';
import { schemaComponents, transformSchema } from './components.ts';
import { descriptionOf } from './named.ts';
import { type ErrorResponseName, errorResponses, errorSchema } from './openapi-errors.ts';

export interface ApiReference {
  /** OpenAPI 3.1. */
  readonly document: object;
  /** What is at this path below /docs. */
  page(url: string, headers: Record<string, string>): Promise<LightMyRequestResponse>;
}

const apiTags = Object.freeze([
  { name: 'access', description: 'Sign-in, personal tokens, users' },
  { name: 'projects', description: 'Projects and their members' },
  { name: 'environments', description: 'Environments, and the nodes that belong to them' },
  { name: 'jwks', description: 'JSON Web Keys' },
  { name: 'certificates', description: 'Certificates that JWKs are made from' },
  { name: 'keys', description: 'Keys that JWKs are made from' },
  { name: 'keystores', description: 'Keystores that JWKs are made from' },
  { name: 'audit', description: 'Who did what to which object' },
  { name: 'overview', description: 'How everything stands' },
  { name: 'system', description: 'Health, metrics, and this description' },
] as const);

type RouteConfig = FastifyContextConfig & { readonly access: RouteAccess };

interface Operation {
  operationId?: string;
  requestBody?: unknown;
  parameters?: unknown[];
  responses?: Record<string, unknown>;
}

export async function drawReference(routes: readonly RouteOptions[], version: string): Promise<ApiReference> {
  const app = Fastify({ schemaController: withoutCompilers, routerOptions: { ignoreTrailingSlash: true } });
  setZodCompilers(app);
  await app.register(swagger, documentOptions(version));
  await app.register(swaggerUi, { routePrefix: '/docs', staticCSP: docsPolicy });
  for (const { method, url, schema = {}, config = {} } of routes) {
    app.route({ method, url, schema, config, handler: async () => undefined });
  }
  await app.ready();
  return {
    get document() {
      return app.swagger();
    },
    page: (url, headers) => app.inject({ method: 'GET', url, headers }),
  };
}

function documentOptions(version: string): FastifyDynamicSwaggerOptions {
  const configOf = new Map<string, RouteConfig>();
  return {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'keyplane',
        version,
        description:
          'The control plane for JSON Web Keys. A member that is null counts as absent; paths answer with and without the slash at their end.',
      },
      servers: [{ url: '/' }],
      tags: [...apiTags],
      components: {
        securitySchemes: {
          token: {
            type: 'http',
            scheme: 'bearer',
            description: 'A personal API access token, or one of a sign-in',
          },
        },
      },
    },
    transform(document) {
      const config = document.route.config;
      const access = config?.access;
      const { schema, url: route } = transformSchema(asDescribed(document));
      const url = withoutSlash(route);
      if (access === undefined || schema === undefined) return { schema: { hide: true }, url };
      if (schema.operationId !== undefined) configOf.set(schema.operationId, { ...config, access });
      return { schema: { ...schema, security: access.kind === 'anyone' ? [] : [{ token: [] }] }, url };
    },
    transformObject(document) {
      if (!('openapiObject' in document)) return document.swaggerObject;
      const { openapiObject } = document;
      for (const operation of operationsOf(openapiObject.paths)) addErrors(operation, configOf);
      const { paths, schemas } = schemaComponents(openapiObject.paths);
      const components = {
        ...openapiObject.components,
        ...sharedComponents(schemas),
      };
      return { ...openapiObject, paths, components } as typeof openapiObject;
    },
  };
}

function asDescribed<Document extends { readonly schema: FastifySchema }>(document: Document): Document {
  const { body } = document.schema ?? {};
  if (!(body instanceof z.ZodType)) return document;
  return { ...document, schema: { ...document.schema, body: descriptionOf(body) } };
}

/** Paths answer with and without the slash at their end; the description has them without. */
function withoutSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

const idempotencyKeyParameter = Object.freeze({
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description:
    'Anything that you choose anew for each change, such as a UUID. The same request with the same key within 24 hours answers as the first did, and changes nothing again',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
});

function sharedComponents(schemas: object | undefined) {
  return {
    schemas: { ...schemas, Error: errorSchema },
    responses: errorResponses,
    parameters: { IdempotencyKey: idempotencyKeyParameter },
  };
}

function operationsOf(paths: object | undefined): Operation[] {
  return Object.values(paths ?? {}).flatMap((path: Record<string, Operation>) => Object.values(path));
}

function addErrors(operation: Operation, configOf: ReadonlyMap<string, RouteConfig>): void {
  const config = configOf.get(operation.operationId ?? '');
  if (config === undefined) return;
  if (config.takesIdempotencyKey) {
    operation.parameters = [
      ...(operation.parameters ?? []),
      { $ref: '#/components/parameters/IdempotencyKey' },
    ];
  }
  const responses = operation.responses ?? {};
  operation.responses = responses;
  for (const status of refusalsOf(operation, config)) {
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

function refusalsOf(operation: Operation, config: RouteConfig): readonly (keyof typeof errorNames)[] {
  const { kind } = config.access;
  const refusals = new Set<keyof typeof errorNames>([500, ...(config.alsoRefuses ?? [])]);
  const add = (...statuses: (keyof typeof errorNames)[]) => {
    for (const status of statuses) refusals.add(status);
  };
  if (kind !== 'anyone') add(400, 401, 429);
  if (kind === 'admin' || kind === 'project') add(403);
  if (kind === 'project') add(404);
  if (operation.requestBody !== undefined) add(400, 413, 415);
  if (operation.requestBody !== undefined && kind !== 'anyone') add(409);
  return [...refusals].sort((a, b) => a - b);
}
