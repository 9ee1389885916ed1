import { z } from 'zod';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { named } from '../openapi/named.ts';
import { composeOnce } from '../requests/once.ts';
import { deploymentResultSchema, warningTexts } from '../responses/deployment-response.ts';
import { openToDeployers, openToMembers } from '../route-access.ts';
import { revocationMembers, ringParams } from './ring-schemas.ts';
import { revocationView } from './ring-views.ts';

const body = named(
  'KeyRevocation',
  z.strictObject({
    kid: z.string().optional().describe('Of the key; or give `all`'),
    all: z
      .boolean()
      .optional()
      .describe('`true`: the ACTIVE and the NEXT key, for a thief who may have both'),
    reason: z.string().optional().describe('COMPROMISED, SUPERSEDED or UNSPECIFIED'),
    comment: z.string().optional().describe('At most 500 characters'),
  }),
);

const clock = named('Revocation', z.object({ success: z.literal(true), ...revocationMembers }));

export function revokeKeyRoute(
  app: KeyplaneServer,
  services: Pick<RouteServices, 'keyRings' | 'idempotency'>,
): void {
  app.route({
    method: 'POST',
    url: '/apiops/projects/:projectName/key-rings/:ringName/revoke',
    config: { access: openToDeployers('ROLE_API_SECURITY'), takesIdempotencyKey: true },
    schema: {
      operationId: 'revokeKey',
      tags: ['key-rings'],
      summary: 'Revoke a key of a key ring',
      description:
        'The successor becomes ACTIVE in the same transaction, and another is published. The response is the clock of the revocation: which nodes are safe, and when the last cache is. To revoke a key again returns the first revocation.',
      params: ringParams,
      body,
      response: {
        200: named(
          'RevocationAnswer',
          clock.extend({ deploymentResult: deploymentResultSchema, warnings: warningTexts }),
        ),
      },
    },
    handler: async (request) => {
      const { ringName } = request.params;
      const { projectId } = request.project;
      return composeOnce(request, services, {
        change: (scope) => services.keyRings.revoke(scope, ringName, request.body),
        compose: async ({ revocationId }) =>
          revocationView(await services.keyRings.revocation(projectId, ringName, revocationId)),
      });
    },
  });
}

export function getRevocationRoute(app: KeyplaneServer, { keyRings }: Pick<RouteServices, 'keyRings'>): void {
  app.route({
    method: 'GET',
    url: '/apiops/projects/:projectName/key-rings/:ringName/revocations/:revocationId/',
    config: { access: openToMembers('ROLE_API_SECURITY') },
    schema: {
      operationId: 'getRevocation',
      tags: ['key-rings'],
      summary: 'Get the clock of a revocation',
      description: 'Which nodes publish the key no more, which still may, and when the last cache is safe.',
      params: ringParams.extend({ revocationId: z.string() }),
      response: { 200: clock },
    },
    handler: async (request) => {
      const { ringName, revocationId } = request.params;
      const found = await keyRings.revocation(request.project.projectId, ringName, revocationId);
      return { success: true as const, ...revocationView(found) };
    },
  });
}
