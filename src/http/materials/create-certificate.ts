import { z } from 'zod';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { describedAs } from '../openapi/named.ts';
import { multipartType, parseMultipartBodies } from '../requests/multipart-body.ts';
import { deployOnce } from '../requests/once.ts';
import { deploymentResponse } from '../responses/deployment-response.ts';
import { openToDeployers } from '../route-access.ts';
import { certificateDescription } from './material-requests.ts';

/** At creation, and again whenever it is replaced. */
export const certificateBody = z.strictObject({
  certificateName: z.string().optional().describe('Unique within the project'),
  alias: z.string().optional().describe('Unique among the certificates of an environment'),
  certificateDescription: z.string().max(1024).optional(),
  environmentList: z.string().optional().describe('Environment names, separated by commas'),
  pemEncodedFile: z.string().optional().meta({
    format: 'binary',
    description: 'The certificate as PEM, where the certificates of its issuers may follow it, or as DER',
  }),
});

/** A chain of a handful of certificates is far below it. */
export const certificateFileBytes = 1024 * 1024;

const body = describedAs(certificateBody.clone(), certificateDescription('New'));

export function createCertificateRoute(
  app: KeyplaneServer,
  services: Pick<RouteServices, 'certificates' | 'idempotency'>,
): void {
  app.register(async (scope: KeyplaneServer) => {
    await parseMultipartBodies(scope, { fileBytes: certificateFileBytes, takesBinaryFiles: true });
    scope.route({
      method: 'POST',
      url: '/apiops/projects/:projectName/certificates/',
      config: { access: openToDeployers('ROLE_MANAGE_PROXIES'), takesIdempotencyKey: true },
      bodyLimit: certificateFileBytes + 1024 * 1024,
      schema: {
        operationId: 'createCertificate',
        tags: ['certificates'],
        summary: 'Store a certificate and deploy it',
        description:
          'JWKs are made from it with source type CERTIFICATE. The certificates of its issuers may follow it in the file, and become `x5c`.',
        consumes: [multipartType],
        params: z.object({ projectName: z.string() }),
        body,
        response: { 200: deploymentResponse },
      },
      handler: async (request) =>
        deployOnce(request, services, (where) => services.certificates.create(where, request.body)),
    });
  });
}
