import { z } from 'zod';
import type { RouteServices } from '../../http-services.ts';
import type { KeyplaneServer } from '../../keyplane-server.ts';
import { named } from '../../openapi/named.ts';
import { instant, instantOrNull, listOf, listResponse } from '../../responses/response-schemas.ts';
import { openToMembers } from '../../route-access.ts';
import { jwkParams } from '../jwk-schemas.ts';

const revision = z.number().int();

const item = named(
  'JwkDeployment',
  z.object({
    environmentName: z.string(),
    revision: revision.describe('Of the environment, at which this JWK last changed there'),
    environmentRevision: revision.describe('Of the environment by now'),
    success: z.boolean().describe('Whether every node has it'),
    message: z.string(),
    nodes: z.array(
      z.object({
        name: z.string(),
        connected: z.boolean(),
        appliedRevision: revision,
        hasIt: z.boolean(),
        lastSeenAt: instant.nullable(),
        reason: z.string().nullable(),
      }),
    ),
  }),
);

/** Where it is by now, node by node. */
export function getJwkDeploymentRoute(
  app: KeyplaneServer,
  { jwks, jwkDeployments }: Pick<RouteServices, 'jwks' | 'jwkDeployments'>,
): void {
  app.route({
    method: 'GET',
    url: '/apiops/projects/:projectName/jwks/:jwkName/deployment/',
    config: { access: openToMembers('ROLE_API_SECURITY') },
    schema: {
      operationId: 'getJwkDeployment',
      tags: ['jwks'],
      summary: 'Get the current deployment of a JWK, node by node',
      description: 'The state at this moment, not at the time of the latest change.',
      params: jwkParams,
      response: { 200: listOf(item) },
    },
    handler: async (request) => {
      const { stored } = await jwks.get(request.project.projectId, request.params.jwkName);
      const found = await jwkDeployments(stored);
      return listResponse(
        found.map(({ nodes, ...one }) => ({
          ...one,
          nodes: nodes.map((node) => ({ ...node, lastSeenAt: instantOrNull(node.lastSeenAt) })),
        })),
      );
    },
  });
}
