import { z } from 'zod';
import { attach } from '../answers/attachment.ts';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { projectScopeOf } from '../requests/project-scope.ts';
import { openToMembers } from '../route-access.ts';
import { jwkParams } from './jwk-schemas.ts';

const query = z.strictObject({
  publicOnly: z.enum(['true', 'false']).optional().describe('`true` leaves the private members out'),
  format: z.enum(['jwk', 'pem']).optional().describe('A JWK Set (the default) or PEM'),
});

export function exportJwkFile(app: KeyplaneServer, { jwks }: Pick<RouteServices, 'jwks'>): void {
  app.route({
    method: 'GET',
    url: '/apiops/projects/:projectName/jwks/:jwkName/export-file/',
    config: { access: openToMembers('ROLE_API_SECURITY') },
    schema: {
      operationId: 'exportJwkFile',
      tags: ['jwks'],
      summary: 'Download a JWK, private members included, as a JWK Set or as PEM',
      description: 'That private members were seen is put on record.',
      params: jwkParams,
      querystring: query,
      response: { 200: z.string().describe('The file') },
    },
    handler: async (request, reply) => {
      const { format = 'jwk' } = request.query;
      const { jwkName } = request.params;
      const publicOnly = request.query.publicOnly === 'true';
      const { stored } = publicOnly
        ? await jwks.get(request.project.projectId, jwkName)
        : await jwks.reveal(projectScopeOf(request), jwkName);
      const file = jwks.exportPrivate(stored, { publicOnly, format });
      // The serializer would make a JSON string of it.
      return attach(reply, file.name, file.mediaType)
        .serializer((text: string) => text)
        .send(file.content);
    },
  });
}
