import { z } from 'zod';
import { success, successAnswer } from '../answers/answer-schemas.ts';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { descriptionMember, nameMember } from '../requests/body-schemas.ts';
import { openToAdmins } from '../route-access.ts';

export function createProject(app: KeyplaneServer, { projects }: Pick<RouteServices, 'projects'>): void {
  app.route({
    method: 'POST',
    url: '/apiops/projects/',
    config: { access: openToAdmins },
    schema: {
      operationId: 'createProject',
      tags: ['projects'],
      summary: 'Create a project',
      body: z.strictObject({ name: nameMember('Project name'), description: descriptionMember() }),
      response: { 200: successAnswer },
    },
    handler: async (request) => {
      await projects.create(request.caller, request.body);
      return success;
    },
  });
}
