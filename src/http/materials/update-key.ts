import { z } from 'zod';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { describedAs } from '../openapi/named.ts';
import { deployOnce } from '../requests/once.ts';
import { deploymentResponse } from '../responses/deployment-response.ts';
import { openToDeployers } from '../route-access.ts';
import { keyBody } from './create-key.ts';
import { keyDescription } from './material-requests.ts';
import { referencesQuery } from './references-query.ts';

const body = describedAs(keyBody.clone(), keyDescription('Replace'));

export function updateKeyRoute(
  app: KeyplaneServer,
  services: Pick<RouteServices, 'keys' | 'idempotency'>,
): void {
  app.route({
    method: 'PUT',
    url: '/apiops/projects/:projectName/keys/:keyName/',
    config: {
      access: openToDeployers('ROLE_API_SECURITY'),
      takesIdempotencyKey: true,
      alsoRefuses: [429],
    },
    schema: {
      operationId: 'updateKey',
      tags: ['keys'],
      summary: 'Replace a key; JWKs made from it are updated or detached',
      description:
        'With `updateReferencedJwks` the JWKs made from it get the new key and are deployed; where one of them cannot take it, nothing changes.',
      params: z.object({ projectName: z.string(), keyName: z.string() }),
      querystring: referencesQuery,
      body,
      response: { 200: deploymentResponse },
    },
    handler: async (request) => {
      const { query: policy, params } = request;
      const change = { request: request.body, policy };
      return deployOnce(request, services, (where) => services.keys.update(where, params.keyName, change));
    },
  });
}
