import { z } from 'zod';
import { instant, instantText, listAnswer, listOf } from '../answers/answer-schemas.ts';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { openToSignedIn } from '../route-access.ts';

const item = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  createdAt: instant,
  updatedAt: instant,
});

export function listProjects(app: KeyplaneServer, { projects }: Pick<RouteServices, 'projects'>): void {
  app.route({
    method: 'GET',
    url: '/apiops/projects/',
    config: { access: openToSignedIn },
    schema: {
      operationId: 'listProjects',
      tags: ['projects'],
      summary: 'List the projects that the caller may see',
      response: { 200: listOf(item) },
    },
    handler: async (request) => {
      const found = await projects.list(request.caller);
      return listAnswer(
        found.map(({ id, name, description, createdAt, updatedAt }) => ({
          id,
          name,
          description,
          createdAt: instantText(createdAt),
          updatedAt: instantText(updatedAt),
        })),
      );
    },
  });
}
