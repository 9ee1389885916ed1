import { z } from 'zod';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { describedAs } from '../openapi/named.ts';
import { deployOnce } from '../requests/once.ts';
import { deploymentResponse } from '../responses/deployment-response.ts';
import { openToDeployers } from '../route-access.ts';
import { keystoreBody, keystoreBodyLimit } from './create-keystore.ts';
import { keystoreDescription } from './material-requests.ts';
import { referencesQuery } from './references-query.ts';

const body = describedAs(keystoreBody.clone(), keystoreDescription('Replace'));

export function updateKeystoreRoute(
  app: KeyplaneServer,
  services: Pick<RouteServices, 'keystores' | 'idempotency'>,
): void {
  app.route({
    method: 'PUT',
    url: '/apiops/projects/:projectName/keystores/:keystoreName/',
    config: { access: openToDeployers('ROLE_API_SECURITY'), takesIdempotencyKey: true },
    bodyLimit: keystoreBodyLimit,
    schema: {
      operationId: 'updateKeystore',
      tags: ['keystores'],
      summary: 'Replace a keystore; JWKs made from it are updated or detached',
      description:
        'With `updateReferencedJwks` the JWKs made from it get the new key and are deployed; where one of them cannot take it, nothing changes.',
      params: z.object({ projectName: z.string(), keystoreName: z.string() }),
      querystring: referencesQuery,
      body,
      response: { 200: deploymentResponse },
    },
    handler: async (request) => {
      const { query: policy, params } = request;
      const change = { request: request.body, policy };
      return deployOnce(request, services, (where) =>
        services.keystores.update(where, params.keystoreName, change),
      );
    },
  });
}
