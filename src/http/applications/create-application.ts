import { z } from 'zod';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { describedAs, named } from '../openapi/named.ts';
import { nameText } from '../openapi/named-values.ts';
import { openToDeployers } from '../route-access.ts';
import { applicationMembers, describedMembers } from './application-schemas.ts';
import { shownTokenResponse, showTokenOnce } from './shown-token.ts';

const body = describedAs(
  z.strictObject({ name: z.string().optional(), ...applicationMembers }),
  named(
    'NewApplication',
    z.strictObject({
      name: nameText('Application name, unique within the project'),
      ...describedMembers,
    }),
  ),
);

export function createApplicationRoute(
  app: KeyplaneServer,
  services: Pick<RouteServices, 'applications' | 'idempotency'>,
): void {
  app.route({
    method: 'POST',
    url: '/apiops/projects/:projectName/applications/',
    config: {
      access: openToDeployers('ROLE_API_SECURITY'),
      takesIdempotencyKey: true,
      nullMembers: ['expiresAt'],
    },
    schema: {
      operationId: 'createApplication',
      tags: ['applications'],
      summary: 'Create an application and deploy its token to the nodes',
      description:
        'The token is in this answer and nowhere else: keyplane keeps its hash. With it the application calls the operations listener of a node.',
      params: z.object({ projectName: z.string() }),
      body,
      response: { 200: shownTokenResponse },
    },
    handler: async (request) =>
      showTokenOnce(request, services, (scope) => services.applications.create(scope, request.body)),
  });
}
