import { z } from 'zod';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { named } from '../openapi/named.ts';
import { descriptionMember } from '../requests/body-schemas.ts';
import { success, successResponse } from '../responses/response-schemas.ts';
import { openToAdminsOfProjects } from '../route-access.ts';
import { publishKeyTypesMember } from './publish-key-types-member.ts';

const body = named(
  'ProjectChange',
  z.strictObject({
    name: z.string().optional().describe('May be given, but cannot be changed'),
    description: descriptionMember(),
    historicalKeyRingName: z
      .string()
      .nullable()
      .optional()
      .describe(
        'The key ring that signs the historical keys of the project at its nodes; null: its only key ring for SIGNATURE. Absent: as it is',
      ),
    publishKeyTypes: publishKeyTypesMember()
      .nullable()
      .describe('Key types in the JWK Set of the project; null: the default ones. Absent: as they are'),
  }),
);

export function updateProjectRoute(app: KeyplaneServer, { projects }: Pick<RouteServices, 'projects'>): void {
  app.route({
    method: 'PUT',
    url: '/apiops/projects/:projectName/',
    config: { access: openToAdminsOfProjects, nullMembers: ['historicalKeyRingName', 'publishKeyTypes'] },
    schema: {
      operationId: 'updateProject',
      tags: ['projects'],
      summary:
        'Update the description of a project, and choose the key ring of its historical keys and the key types of its JWK Set',
      description: 'Its name cannot be changed.',
      params: z.object({ projectName: z.string() }),
      body,
      response: { 200: successResponse },
    },
    handler: async (request) => {
      await projects.update(request.caller, request.project, request.body);
      return success;
    },
  });
}
