import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { describedAs } from '../openapi/named.ts';
import { deployOnce } from '../requests/once.ts';
import { deploymentResponse } from '../responses/deployment-response.ts';
import { openToDeployers } from '../route-access.ts';
import { withoutOtherSources } from './create-jwk.ts';
import { createJwkBody, jwkParams } from './jwk-schemas.ts';
import { updateJwkDescription } from './source-schemas.ts';

const body = describedAs(createJwkBody.clone(), updateJwkDescription);

export function updateJwkRoute(
  app: KeyplaneServer,
  services: Pick<RouteServices, 'updateJwk' | 'idempotency'>,
): void {
  app.route({
    method: 'PUT',
    url: '/apiops/projects/:projectName/jwks/:jwkName/',
    config: {
      access: openToDeployers('ROLE_API_SECURITY'),
      takesIdempotencyKey: true,
      nullMembers: ['maxIterationCount'],
    },
    preValidation: async (request) => {
      request.body = withoutOtherSources(request.body) as typeof request.body;
    },
    schema: {
      operationId: 'updateJwk',
      tags: ['jwks'],
      summary: 'Update the description of a JWK, or replace its key',
      description:
        'The name cannot be changed. A new key comes from any source, as for Create JWK, and is deployed. Without a source the JWK keeps its key and is detached from its source.',
      params: jwkParams,
      body,
      response: { 200: deploymentResponse },
    },
    handler: async (request) =>
      deployOnce(request, services, (scope) =>
        services.updateJwk(scope, request.params.jwkName, request.body),
      ),
  });
}
