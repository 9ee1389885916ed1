import { z } from 'zod';
import { deploymentAnswer, deploymentAnswerOf } from '../answers/deployment-answer.ts';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { projectScopeOf } from '../requests/project-scope.ts';
import { openToDeployers } from '../route-access.ts';
import { generateJwkBody } from './generate-schemas.ts';

export function generateJwk(app: KeyplaneServer, services: Pick<RouteServices, 'generateJwk'>): void {
  app.route({
    method: 'POST',
    url: '/apiops/projects/:projectName/jwks/generate',
    config: { access: openToDeployers('ROLE_API_SECURITY') },
    schema: {
      operationId: 'generateJwk',
      tags: ['jwks'],
      summary: 'Generate a JWK and deploy it',
      params: z.object({ projectName: z.string() }),
      body: generateJwkBody,
      response: { 200: deploymentAnswer },
    },
    handler: async (request) =>
      deploymentAnswerOf(await services.generateJwk(projectScopeOf(request), request.body)),
  });
}
