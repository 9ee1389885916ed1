import { z } from 'zod';
import { holdsRole } from '../../access/narrowing.ts';
import { isExportable } from '../../jwks/jwk-reader.ts';
import { notExportableText } from '../../jwks/ring-membership.ts';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { named } from '../openapi/named.ts';
import { projectScopeOf } from '../requests/project-scope.ts';
import { listOf, listResponse, optionalWarnings } from '../responses/response-schemas.ts';
import { openToMembers } from '../route-access.ts';
import { jwkDetail, jwkParams } from './jwk-schemas.ts';
import { privateJwkDetail, publicJwkDetail } from './jwk-views.ts';

const withheld = 'Private members are left out: reading them takes ROLE_READ_PRIVATE_KEYS';

const query = z.strictObject({
  publicOnly: z.enum(['true', 'false']).optional().describe('`true` leaves the private members out'),
});

export function getJwkRoute(app: KeyplaneServer, { jwks }: Pick<RouteServices, 'jwks'>): void {
  app.route({
    method: 'GET',
    url: '/apiops/projects/:projectName/jwks/:jwkName/',
    config: { access: openToMembers('ROLE_API_SECURITY') },
    schema: {
      operationId: 'getJwk',
      tags: ['jwks'],
      summary: 'Get a JWK with its key material',
      description:
        'Private members also require `ROLE_READ_PRIVATE_KEYS`; without it the response has the public part and a warning. ' +
        'The audit log records who read private members.',
      params: jwkParams,
      querystring: query,
      response: {
        200: named('JwkDetailWithWarnings', listOf(jwkDetail).extend({ warnings: optionalWarnings })),
      },
    },
    handler: async (request) => {
      const { projectId, roles } = request.project;
      const { jwkName } = request.params;
      if (request.query.publicOnly !== 'true' && holdsRole(roles, 'ROLE_READ_PRIVATE_KEYS')) {
        const revealed = await jwks.reveal(projectScopeOf(request), jwkName);
        if (isExportable(revealed)) return listResponse([privateJwkDetail(revealed, jwks)]);
      }
      const found = await jwks.get(projectId, jwkName);
      const answer = listResponse([publicJwkDetail(found, jwks)]);
      const isWithheld = request.query.publicOnly !== 'true' && found.stored.privateMembers !== null;
      if (!isWithheld) return answer;
      const warning = isExportable(found) ? withheld : notExportableText(found.stored.name);
      return { ...answer, warnings: [warning] };
    },
  });
}
