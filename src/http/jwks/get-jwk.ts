import { z } from 'zod';
import { listAnswer, listOf } from '../answers/answer-schemas.ts';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { openToMembers } from '../route-access.ts';
import { jwkDetail, jwkParams } from './jwk-schemas.ts';
import { privateJwkDetail, publicJwkDetail } from './jwk-views.ts';

const query = z.strictObject({
  publicOnly: z.enum(['true', 'false']).optional().describe('`true` leaves the private members out'),
});

export function getJwk(app: KeyplaneServer, { jwks }: Pick<RouteServices, 'jwks'>): void {
  app.route({
    method: 'GET',
    url: '/apiops/projects/:projectName/jwks/:jwkName/',
    config: { access: openToMembers('ROLE_API_SECURITY') },
    schema: {
      operationId: 'getJwk',
      tags: ['jwks'],
      summary: 'Get a JWK with its key material, private members included',
      params: jwkParams,
      querystring: query,
      response: { 200: listOf(jwkDetail) },
    },
    handler: async (request) => {
      const found = await jwks.get(request.project.projectId, request.params.jwkName);
      const view = request.query.publicOnly === 'true' ? publicJwkDetail : privateJwkDetail;
      return listAnswer([view(found, jwks)]);
    },
  });
}
