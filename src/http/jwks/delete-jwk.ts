import { deploymentAnswer, deploymentAnswerOf } from '../answers/deployment-answer.ts';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { projectScopeOf } from '../requests/project-scope.ts';
import { openToDeployers } from '../route-access.ts';
import { jwkParams } from './jwk-schemas.ts';

export function deleteJwk(app: KeyplaneServer, services: Pick<RouteServices, 'deleteJwk'>): void {
  app.route({
    method: 'DELETE',
    url: '/apiops/projects/:projectName/jwks/:jwkName/',
    config: { access: openToDeployers('ROLE_API_SECURITY') },
    schema: {
      operationId: 'deleteJwk',
      tags: ['jwks'],
      summary: 'Undeploy a JWK everywhere and delete it',
      params: jwkParams,
      response: { 200: deploymentAnswer },
    },
    handler: async (request) =>
      deploymentAnswerOf(await services.deleteJwk(projectScopeOf(request), request.params.jwkName)),
  });
}
