// The API's description, made from the very schemas that validate requests and filter responses, by a server that listens nowhere:
// it has the routes of the manager's, and serves none of them.

import swagger, { type FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import Fastify, { type FastifySchema, type RouteOptions } from 'fastify';
import { z } from 'zod';
import { setZodCompilers, withoutCompilers } from '../schema-compilers.ts';
import { completeOperation, type OpenApiOperation, type RouteConfig } from './complete-operation.ts';
import { schemaComponents, transformSchema } from './components.ts';
import type { Schemas } from './examples/example-of.ts';
import { descriptionOf } from './named.ts';
import { errorResponses, errorSchema } from './openapi-errors.ts';

export interface ApiReference {
  /** OpenAPI 3.1. */
  readonly document: object;
}

const apiTags = Object.freeze([
  { name: 'access', description: 'Sign-in, personal tokens, users' },
  { name: 'projects', description: 'Projects and their members' },
  { name: 'environments', description: 'Environments, and the nodes that belong to them' },
  { name: 'jwks', description: 'JSON Web Keys' },
  { name: 'key-rings', description: 'Keys that rotate' },
  { name: 'certificates', description: 'Certificates that JWKs are made from' },
  { name: 'keys', description: 'Keys that JWKs are made from' },
  { name: 'keystores', description: 'Keystores that JWKs are made from' },
  { name: 'applications', description: 'Programs that use keys at nodes, and what they may do' },
  { name: 'token-profiles', description: 'What tokens say that nodes issue' },
  { name: 'events', description: 'What happened in a project, for programs that react to it' },
  { name: 'views', description: 'JWK Sets with a part of the keys of a project' },
  { name: 'outlets', description: 'Keys and events in the form and at the place that a component reads' },
  { name: 'audit', description: 'Who did what to which object' },
  { name: 'overview', description: 'How everything stands' },
  { name: 'system', description: 'Health, metrics, and this description' },
] as const);

export async function drawReference(routes: readonly RouteOptions[], version: string): Promise<ApiReference> {
  const app = Fastify({ schemaController: withoutCompilers, routerOptions: { ignoreTrailingSlash: true } });
  setZodCompilers(app);
  await app.register(swagger, documentOptions(version));
  for (const { method, url, schema = {}, config = {} } of routes) {
    app.route({ method, url, schema, config, handler: async () => undefined });
  }
  await app.ready();
  return {
    get document() {
      return app.swagger();
    },
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
          'The control plane for JSON Web Keys. A member that is null counts as absent. Paths are served with and without a slash at their end. Every error has a `reason`, by which programs decide.',
        license: { name: 'Apache License 2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/', description: 'The manager that this description comes from' }],
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
      const { body } = document.route.schema ?? {};
      const bodyIsOptional = body instanceof z.ZodType && body.safeParse(undefined).success;
      if (schema.operationId !== undefined)
        configOf.set(schema.operationId, { ...config, access, bodyIsOptional });
      return { schema: { ...schema, security: access.kind === 'anyone' ? [] : [{ token: [] }] }, url };
    },
    transformObject(document) {
      if (!('openapiObject' in document)) return document.swaggerObject;
      const { openapiObject } = document;
      const { paths, schemas } = schemaComponents(openapiObject.paths);
      for (const [path, methods] of Object.entries(paths as Paths)) {
        for (const [method, operation] of Object.entries(methods)) {
          const config = configOf.get(operation.operationId ?? '');
          if (config) completeOperation(operation, { method, path, config, schemas: schemas as Schemas });
        }
      }
      const components = {
        ...openapiObject.components,
        schemas: { ...schemas, Error: errorSchema },
        responses: errorResponses,
        parameters: { IdempotencyKey: idempotencyKeyParameter },
      };
      return { ...openapiObject, paths, components } as typeof openapiObject;
    },
  };
}

type Paths = Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>;

const idempotencyKeyParameter = Object.freeze({
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description:
    'Anything that you choose for each change, such as a UUID. The same request with the same key within 24 hours gets the response of the first, and changes nothing again',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
  example: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
});

function asDescribed<Document extends { readonly schema: FastifySchema }>(document: Document): Document {
  const { body } = document.schema ?? {};
  if (!(body instanceof z.ZodType)) return document;
  return { ...document, schema: { ...document.schema, body: descriptionOf(body) } };
}

/** Paths are served with and without the slash at their end; the description has them without. */
function withoutSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}
