import { z } from 'zod';
import { listAnswer, listOf } from '../answers/answer-schemas.ts';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { projectScopeOf } from '../requests/project-scope.ts';
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
      description: 'That private members were seen is put on record.',
      params: jwkParams,
      querystring: query,
      response: { 200: listOf(jwkDetail) },
    },
    handler: async (request) => {
      const { jwkName } = request.params;
      if (request.query.publicOnly === 'true') {
        return listAnswer([publicJwkDetail(await jwks.get(request.project.projectId, jwkName), jwks)]);
      }
      return listAnswer([privateJwkDetail(await jwks.reveal(projectScopeOf(request), jwkName), jwks)]);
    },
  });
}
