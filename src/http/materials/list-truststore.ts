import { z } from 'zod';
import { badRequest } from '../../errors.ts';
import { shownText } from '../../names.ts';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { listOf, listResponse } from '../responses/response-schemas.ts';
import { openToMembers } from '../route-access.ts';
import { certificateItem } from './material-schemas.ts';
import { certificateView } from './material-views.ts';

/** The project whose certificates an environment trusts as a whole. */
const truststoreProject = 'admin';

export function listTruststoreRoute(
  app: KeyplaneServer,
  { certificates }: Pick<RouteServices, 'certificates'>,
): void {
  app.route({
    method: 'GET',
    url: '/apiops/projects/:projectName/certificates/truststore/:environmentName/',
    config: { access: openToMembers('ROLE_MANAGE_PROXIES') },
    schema: {
      operationId: 'listTruststore',
      tags: ['certificates'],
      summary: 'List the truststore of an environment',
      description: 'The certificates that the project `admin` has in the environment.',
      params: z.object({ projectName: z.string(), environmentName: z.string() }),
      response: { 200: listOf(certificateItem) },
    },
    handler: async (request) => {
      const { projectName, projectId } = request.project;
      if (projectName !== truststoreProject) {
        const text = `Project (${shownText(projectName)}) has no truststore! It is that of project ${truststoreProject}`;
        throw badRequest(text, { reason: 'NOT_FOUND' });
      }
      const { environmentName } = request.params;
      const found = await certificates.listOfEnvironment(projectId, environmentName);
      return listResponse(found.map(certificateView));
    },
  });
}
