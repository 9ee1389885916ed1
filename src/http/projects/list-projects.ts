import { z } from 'zod';
import type { Project } from '../../access/access-store.ts';
import { publishKeyTypesOf } from '../../access/publish-key-types.ts';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { named } from '../openapi/named.ts';
import { listQuery, readListQuery } from '../requests/list-query.ts';
import { pageOf } from '../requests/page-of.ts';
import { alteredMember, instant, instantText, listOf } from '../responses/response-schemas.ts';
import { openToSignedIn } from '../route-access.ts';

const item = named(
  'Project',
  z.object({
    id: z.string(),
    name: z.string(),
    description: z.string().nullable(),
    historicalKeyRingName: z.string().nullable(),
    publishKeyTypes: z.array(z.string()).describe('Key types in its JWK Set'),
    altered: alteredMember(),
    createdAt: instant,
    updatedAt: instant,
  }),
);

const sortFields = ['name', 'createdAt', 'updatedAt'] as const;

export function listProjectsRoute(app: KeyplaneServer, { projects }: Pick<RouteServices, 'projects'>): void {
  app.route({
    method: 'GET',
    url: '/apiops/projects/',
    config: { access: openToSignedIn },
    schema: {
      operationId: 'listProjects',
      tags: ['projects'],
      summary: 'List the projects that the caller can see',
      description: 'Administrators see every project, everyone else those that they are members of.',
      querystring: listQuery,
      response: { 200: listOf(item) },
    },
    handler: async (request) => {
      const query = readListQuery(request.query, sortFields);
      return pageOf(await projects.list(request.caller), query, {
        searched: ({ name, description }) => [name, description],
        sorted: {
          name: ({ name }) => name,
          createdAt: ({ createdAt }) => createdAt,
          updatedAt: ({ updatedAt }) => updatedAt,
        },
        shown: projectView,
      });
    },
  });
}

function projectView(project: Project) {
  const { id, name, description, historicalKeyRingName, altered, createdAt, updatedAt } = project;
  return {
    id,
    name,
    description,
    historicalKeyRingName,
    publishKeyTypes: [...publishKeyTypesOf(project)],
    ...(altered && { altered: true as const }),
    createdAt: instantText(createdAt),
    updatedAt: instantText(updatedAt),
  };
}
