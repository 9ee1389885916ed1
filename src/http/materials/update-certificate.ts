import { z } from 'zod';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { describedAs } from '../openapi/named.ts';
import { multipartType, parseMultipartBodies } from '../requests/multipart-body.ts';
import { deployOnce } from '../requests/once.ts';
import { deploymentResponse } from '../responses/deployment-response.ts';
import { openToDeployers } from '../route-access.ts';
import { certificateBody, certificateFileBytes } from './create-certificate.ts';
import { certificateDescription } from './material-requests.ts';
import { referencesQuery } from './references-query.ts';

const body = describedAs(certificateBody.clone(), certificateDescription('Replace'));

export function updateCertificateRoute(
  app: KeyplaneServer,
  services: Pick<RouteServices, 'certificates' | 'idempotency'>,
): void {
  app.register(async (scope: KeyplaneServer) => {
    await parseMultipartBodies(scope, { fileBytes: certificateFileBytes, takesBinaryFiles: true });
    scope.route({
      method: 'PUT',
      url: '/apiops/projects/:projectName/certificates/:certificateName/',
      config: { access: openToDeployers('ROLE_MANAGE_PROXIES'), takesIdempotencyKey: true },
      bodyLimit: certificateFileBytes + 1024 * 1024,
      schema: {
        operationId: 'updateCertificate',
        tags: ['certificates'],
        summary: 'Replace a certificate; JWKs made from it are updated or detached',
        description:
          'With `updateReferencedJwks` the JWKs made from it get the new certificate and are deployed; where one of them cannot take it, nothing changes.',
        consumes: [multipartType],
        params: z.object({ projectName: z.string(), certificateName: z.string() }),
        querystring: referencesQuery,
        body,
        response: { 200: deploymentResponse },
      },
      handler: async (request) => {
        const { query: policy, params } = request;
        const change = { request: request.body, policy };
        return deployOnce(request, services, (where) =>
          services.certificates.update(where, params.certificateName, change),
        );
      },
    });
  });
}
