import { z } from 'zod';
import type { RouteServices } from '../http-services.ts';
import { jwkParams } from '../jwks/jwk-schemas.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { named } from '../openapi/named.ts';
import { descriptionMember } from '../requests/body-schemas.ts';
import { deployOnce } from '../requests/once.ts';
import { deploymentResponse } from '../responses/deployment-response.ts';
import { openToDeployers } from '../route-access.ts';
import { nullablePolicyMembers, policyMembers } from './ring-schemas.ts';

const body = named(
  'JwkAdoption',
  z.strictObject({
    ringName: z.string().optional().describe('Name of the new key ring'),
    description: descriptionMember(),
    ...policyMembers,
  }),
);

export function adoptJwkRoute(
  app: KeyplaneServer,
  services: Pick<RouteServices, 'keyRings' | 'idempotency'>,
): void {
  app.route({
    method: 'POST',
    url: '/apiops/projects/:projectName/jwks/:jwkName/adopt',
    config: {
      access: openToDeployers('ROLE_API_SECURITY'),
      takesIdempotencyKey: true,
      nullMembers: nullablePolicyMembers,
    },
    schema: {
      operationId: 'adoptJwk',
      tags: ['key-rings'],
      summary: 'Make a private JWK the first key of a new key ring',
      description:
        'It is ACTIVE at once. It keeps its name and kid, loses its validity period, and is detached from its source. Every connected node must have it.',
      params: jwkParams,
      body,
      response: { 200: deploymentResponse },
    },
    handler: async (request) =>
      deployOnce(request, services, (scope) =>
        services.keyRings.adopt(scope, request.params.jwkName, request.body),
      ),
  });
}
