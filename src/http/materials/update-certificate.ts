import { z } from 'zod';
import { deploymentAnswer, deploymentAnswerOf } from '../answers/deployment-answer.ts';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { multipartType, parseMultipartBodies } from '../requests/multipart-body.ts';
import { projectScopeOf } from '../requests/project-scope.ts';
import { openToDeployers } from '../route-access.ts';
import { certificateBody, certificateFileBytes } from './create-certificate.ts';
import { referencesQuery } from './references-query.ts';

export function updateCertificate(
  app: KeyplaneServer,
  { certificates }: Pick<RouteServices, 'certificates'>,
): void {
  app.register(async (scope: KeyplaneServer) => {
    await parseMultipartBodies(scope, { fileBytes: certificateFileBytes });
    scope.route({
      method: 'PUT',
      url: '/apiops/projects/:projectName/certificates/:certificateName/',
      config: { access: openToDeployers('ROLE_MANAGE_PROXIES') },
      bodyLimit: certificateFileBytes + 1024 * 1024,
      schema: {
        operationId: 'updateCertificate',
        tags: ['certificates'],
        summary: 'Replace a certificate; JWKs made from it follow, or are detached',
        consumes: [multipartType],
        params: z.object({ projectName: z.string(), certificateName: z.string() }),
        querystring: referencesQuery,
        body: certificateBody,
        response: { 200: deploymentAnswer },
      },
      handler: async (request) => {
        const { body, query: policy, params } = request;
        const change = { request: body, policy };
        return deploymentAnswerOf(
          await certificates.update(projectScopeOf(request), params.certificateName, change),
        );
      },
    });
  });
}
