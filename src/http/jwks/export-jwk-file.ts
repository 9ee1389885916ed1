import { z } from 'zod';
import { isExportable } from '../../jwks/jwk-reader.ts';
import { notExportable } from '../../jwks/ring-membership.ts';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { projectScopeOf } from '../requests/project-scope.ts';
import { attach } from '../responses/attachment.ts';
import { openToMembers } from '../route-access.ts';
import { jwkParams } from './jwk-schemas.ts';

const query = z.strictObject({
  publicOnly: z.enum(['true', 'false']).optional().describe('`true` leaves the private members out'),
  format: z.enum(['jwk', 'pem']).optional().describe('A JWK Set (the default) or PEM'),
});

const operationId = 'exportJwkFile';
const roles = Object.freeze(['ROLE_READ_PRIVATE_KEYS'] as const);

export function exportJwkFileRoute(
  app: KeyplaneServer,
  { jwks, authorizer }: Pick<RouteServices, 'jwks' | 'authorizer'>,
): void {
  app.route({
    method: 'GET',
    url: '/apiops/projects/:projectName/jwks/:jwkName/export-file/',
    config: { access: openToMembers('ROLE_API_SECURITY') },
    schema: {
      operationId,
      tags: ['jwks'],
      summary: 'Export a JWK as a JWK Set or PEM file',
      description:
        'Private members also require `ROLE_READ_PRIVATE_KEYS`. The audit log records who exported private members. Private members of a key ring that is not exportable never leave.',
      params: jwkParams,
      querystring: query,
      response: { 200: z.string().describe('The file') },
    },
    handler: async (request, reply) => {
      const { format = 'jwk' } = request.query;
      const { jwkName } = request.params;
      const publicOnly = request.query.publicOnly === 'true';
      const found = await jwks.get(request.project.projectId, jwkName);
      const { stored } = found;
      if (!publicOnly && !isExportable(found)) throw notExportable(stored);
      if (!publicOnly && stored.privateMembers !== null) {
        const { caller, project } = request;
        const demand = { projectName: project.projectName, roles, operation: operationId };
        await authorizer.judge(caller, project, demand);
        await jwks.reveal(projectScopeOf(request), jwkName);
      }
      const file = jwks.exportPrivate(stored, { publicOnly, format });
      // The serializer would make a JSON string of it.
      return attach(reply, file.name, file.mediaType)
        .serializer((text: string) => text)
        .send(file.content);
    },
  });
}
