// The API's description, made from the very schemas that validate requests and filter answers, and the reference
// at /docs that is drawn from it with nothing fetched from elsewhere.

import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';
import { docsPolicy } from '../answers/security-headers.ts';
import type { RouteAccess } from '../route-access.ts';
import { type ErrorResponseName, errorResponses, errorSchema } from './openapi-errors.ts';

export const apiTags = Object.freeze([
  { name: 'access', description: 'Sign-in, personal tokens, users' },
  { name: 'projects', description: 'Projects and their members' },
  { name: 'environments', description: 'Environments, and the nodes that belong to them' },
  { name: 'jwks', description: 'JSON Web Keys' },
  { name: 'certificates', description: 'Certificates that JWKs are made from' },
  { name: 'keys', description: 'Keys that JWKs are made from' },
  { name: 'keystores', description: 'Keystores that JWKs are made from' },
  { name: 'system', description: 'Health, metrics, and this description' },
] as const);

interface Operation {
  operationId?: string;
  requestBody?: unknown;
  responses?: Record<string, unknown>;
}

/** Call it before any route is added. */
export function describeApi(app: FastifyInstance, version: string): void {
  const accessOf = new Map<string, RouteAccess>();
  app.register(swagger, {
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
      const access = document.route.config?.access;
      const { schema, url } = jsonSchemaTransform(document);
      if (access === undefined || schema === undefined) return { schema: { hide: true }, url };
      if (schema.operationId !== undefined) accessOf.set(schema.operationId, access);
      return { schema: { ...schema, security: access.kind === 'anyone' ? [] : [{ token: [] }] }, url };
    },
    transformObject(document) {
      if (!('openapiObject' in document)) return document.swaggerObject;
      const { openapiObject } = document;
      for (const operation of operationsOf(openapiObject.paths)) addErrors(operation, accessOf);
      const components = {
        ...openapiObject.components,
        ...sharedComponents(openapiObject.components?.schemas),
      };
      return { ...openapiObject, components } as typeof openapiObject;
    },
  });
  app.register(swaggerUi, { routePrefix: '/docs', staticCSP: docsPolicy });
}

function sharedComponents(schemas: object | undefined) {
  return { schemas: { ...schemas, Error: errorSchema }, responses: errorResponses };
}

function operationsOf(paths: object | undefined): Operation[] {
  return Object.values(paths ?? {}).flatMap((path: Record<string, Operation>) => Object.values(path));
}

function addErrors(operation: Operation, accessOf: ReadonlyMap<string, RouteAccess>): void {
  const access = accessOf.get(operation.operationId ?? '');
  if (access === undefined) return;
  const responses = operation.responses ?? {};
  operation.responses = responses;
  for (const [status, name] of errorsOf(operation, access)) {
    responses[status] ??= { $ref: `#/components/responses/${name}` };
  }
}

function errorsOf(operation: Operation, access: RouteAccess): (readonly [string, ErrorResponseName])[] {
  const isAuthenticated = access.kind !== 'anyone';
  const isRestricted = access.kind === 'project' || access.kind === 'admin';
  const hasBody = operation.requestBody !== undefined;
  const all: (readonly [string, ErrorResponseName, boolean])[] = [
    ['400', 'BadRequest', isAuthenticated || hasBody],
    ['401', 'Unauthorized', isAuthenticated],
    ['403', 'Forbidden', isRestricted],
    ['404', 'NotFound', access.kind === 'project'],
    ['409', 'Conflict', hasBody && isAuthenticated],
    ['413', 'PayloadTooLarge', hasBody],
    ['415', 'UnsupportedMediaType', hasBody],
    ['500', 'InternalError', true],
  ];
  return all.filter(([, , applies]) => applies).map(([status, name]) => [status, name] as const);
}
