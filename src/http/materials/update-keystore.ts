import { z } from 'zod';
import { deploymentAnswer, deploymentAnswerOf } from '../answers/deployment-answer.ts';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { projectScopeOf } from '../requests/project-scope.ts';
import { openToDeployers } from '../route-access.ts';
import { keystoreBody, keystoreBodyLimit } from './create-keystore.ts';
import { referencesQuery } from './references-query.ts';

export function updateKeystore(app: KeyplaneServer, { keystores }: Pick<RouteServices, 'keystores'>): void {
  app.route({
    method: 'PUT',
    url: '/apiops/projects/:projectName/keystores/:keystoreName/',
    config: { access: openToDeployers('ROLE_API_SECURITY') },
    bodyLimit: keystoreBodyLimit,
    schema: {
      operationId: 'updateKeystore',
      tags: ['keystores'],
      summary: 'Replace a keystore; JWKs made from it follow, or are detached',
      params: z.object({ projectName: z.string(), keystoreName: z.string() }),
      querystring: referencesQuery,
      body: keystoreBody,
      response: { 200: deploymentAnswer },
    },
    handler: async (request) => {
      const { body, query: policy, params } = request;
      const change = { request: body, policy };
      return deploymentAnswerOf(await keystores.update(projectScopeOf(request), params.keystoreName, change));
    },
  });
}
