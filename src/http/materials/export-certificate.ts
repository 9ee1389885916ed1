import { z } from 'zod';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { attach } from '../responses/attachment.ts';
import { openToMembers } from '../route-access.ts';

export function exportCertificateRoute(
  app: KeyplaneServer,
  { certificates }: Pick<RouteServices, 'certificates'>,
): void {
  app.route({
    method: 'GET',
    url: '/apiops/projects/:projectName/certificates/:certificateName/export/',
    config: { access: openToMembers('ROLE_MANAGE_PROXIES') },
    schema: {
      operationId: 'exportCertificate',
      tags: ['certificates'],
      summary: 'Export a certificate as a ZIP of DER files',
      description: 'The ZIP has one file for each environment of the certificate.',
      params: z.object({ projectName: z.string(), certificateName: z.string() }),
      response: { 200: z.unknown().meta({ type: 'string', format: 'binary', description: 'The ZIP file' }) },
    },
    handler: async (request, reply) => {
      const { projectId } = request.project;
      const { material, environmentNames } = await certificates.get(
        projectId,
        request.params.certificateName,
      );
      // Names hold no slash and no backslash, so no entry leaves the folder that it is unpacked in.
      const entries = material.environments.map(({ environmentId, chain }) => {
        const fileName = `${material.name}-${environmentNames.get(environmentId)}.cer`;
        return [fileName, new Uint8Array(chain[0] ?? [])] as const;
      });
      const { zipSync } = await import('fflate');
      const zip = Buffer.from(zipSync(Object.fromEntries(entries), { mtime: material.updatedAt }));
      return attach(reply, `${material.name}-certificates.zip`, 'application/zip').send(zip);
    },
  });
}
