import { z } from 'zod';
import type { RouteServices } from '../../http-services.ts';
import type { KeyplaneServer } from '../../keyplane-server.ts';
import { describedAs, named } from '../../openapi/named.ts';
import { warningsMember, warningTexts } from '../../responses/deployment-response.ts';
import { listOf, listResponse } from '../../responses/response-schemas.ts';
import { openToMembers } from '../../route-access.ts';
import { certificateFactsItem, certificateFactsView } from './certificate-facts-schema.ts';

const given = z.strictObject({
  pemEncodedFile: z.string().optional().describe('Text of the PEM file, or base64 of a DER file'),
});
const body = describedAs(
  given,
  named(
    'CertificateFile',
    given.extend({
      pemEncodedFile: z.string().min(1).describe('Text of the PEM file, or base64 of a DER file'),
    }),
  ),
);

/** What a certificate file holds, before it is stored. */
export function inspectCertificateRoute(
  app: KeyplaneServer,
  { certificates }: Pick<RouteServices, 'certificates'>,
): void {
  app.route({
    method: 'POST',
    url: '/apiops/projects/:projectName/certificates/inspect/',
    config: { access: openToMembers('ROLE_MANAGE_PROXIES') },
    schema: {
      operationId: 'inspectCertificate',
      tags: ['certificates'],
      summary: 'Inspect a certificate file without storing it',
      description: 'The certificates of the file, the leaf first.',
      params: z.object({ projectName: z.string() }),
      body,
      response: {
        200: named(
          'CertificateFileContents',
          listOf(certificateFactsItem).extend({ warnings: warningTexts }),
        ),
      },
    },
    handler: async (request) => {
      const { facts, warnings } = certificates.inspect(request.body.pemEncodedFile);
      return { ...listResponse(facts.map(certificateFactsView)), ...warningsMember(warnings) };
    },
  });
}
