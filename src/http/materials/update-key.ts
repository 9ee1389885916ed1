import { z } from 'zod';
import { deploymentAnswer, deploymentAnswerOf } from '../answers/deployment-answer.ts';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { projectScopeOf } from '../requests/project-scope.ts';
import { openToDeployers } from '../route-access.ts';
import { keyBody } from './create-key.ts';
import { referencesQuery } from './references-query.ts';

export function updateKey(app: KeyplaneServer, { keys }: Pick<RouteServices, 'keys'>): void {
  app.route({
    method: 'PUT',
    url: '/apiops/projects/:projectName/keys/:keyName/',
    config: { access: openToDeployers('ROLE_API_SECURITY') },
    schema: {
      operationId: 'updateKey',
      tags: ['keys'],
      summary: 'Replace a key; JWKs made from it follow, or are detached',
      params: z.object({ projectName: z.string(), keyName: z.string() }),
      querystring: referencesQuery,
      body: keyBody,
      response: { 200: deploymentAnswer },
    },
    handler: async (request) => {
      const { body, query: policy, params } = request;
      const change = { request: body, policy };
      return deploymentAnswerOf(await keys.update(projectScopeOf(request), params.keyName, change));
    },
  });
}
