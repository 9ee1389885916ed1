import { z } from 'zod';
import { jwkSource, type SourceType, sourceTypes } from '../../sources/sources.ts';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { describedAs } from '../openapi/named.ts';
import { deployOnce } from '../requests/once.ts';
import { deploymentResponse } from '../responses/deployment-response.ts';
import { openToDeployers } from '../route-access.ts';
import { createJwkBody } from './jwk-schemas.ts';
import { createJwkDescription } from './source-schemas.ts';

const body = describedAs(createJwkBody.clone(), createJwkDescription);

export function createJwkRoute(
  app: KeyplaneServer,
  services: Pick<RouteServices, 'createJwk' | 'idempotency'>,
): void {
  app.route({
    method: 'POST',
    url: '/apiops/projects/:projectName/jwks/',
    config: { access: openToDeployers('ROLE_API_SECURITY'), takesIdempotencyKey: true },
    preValidation: async (request) => {
      request.body = withoutOtherSources(request.body) as typeof request.body;
    },
    schema: {
      operationId: 'createJwk',
      tags: ['jwks'],
      summary: 'Create a JWK from a source and deploy it',
      description:
        'The key is checked for soundness, stored, and deployed to every environment that the project reaches. The response says for each environment whether all nodes have confirmed; where one has not, the JWK is stored all the same and the manager goes on until every node has it.',
      params: z.object({ projectName: z.string() }),
      body,
      response: { 200: deploymentResponse },
    },
    handler: async (request) =>
      deployOnce(request, services, (scope) => services.createJwk(scope, request.body)),
  });
}

/** A member of another source is ignored with any value, so it is removed before types are checked. */
export function withoutOtherSources(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  const sourceType = Object.entries(body).find(([name]) => name === 'sourceType')?.[1];
  const known = sourceTypes.find((name) => name === sourceType);
  return known === undefined ? body : withoutOthersThan(known, body);
}

/** The body without the members that only other sources know. */
export function withoutOthersThan(sourceName: SourceType, body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  const ignored = fieldsOfOthers.get(sourceName);
  return Object.fromEntries(Object.entries(body).filter(([name]) => !ignored?.has(name)));
}

const fieldsOfOthers: ReadonlyMap<SourceType, ReadonlySet<string>> = new Map(
  sourceTypes.map((sourceName) => {
    const own = new Set<string>(jwkSource(sourceName).fields);
    const others = sourceTypes.flatMap((other) => jwkSource(other).fields).filter((field) => !own.has(field));
    return [sourceName, new Set(others)];
  }),
);
