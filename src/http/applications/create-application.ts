import { z } from 'zod';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { describedAs, named } from '../openapi/named.ts';
import { nameText } from '../openapi/named-values.ts';
import { openToDeployers } from '../route-access.ts';
import { applicationMembers, credentialNulls, describedMembers } from './application-schemas.ts';
import { namesToken, shownTokenResponse, showTokensOnce } from './shown-token.ts';

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
      nullsWithin: { credentials: credentialNulls },
    },
    schema: {
      operationId: 'createApplication',
      tags: ['applications'],
      summary: 'Create an application and deploy what it is known by to the nodes',
      description:
        'Tokens are in this response and nowhere else: keyplane keeps their hashes. With one the application calls the operations listener of a node. Without `credentials` it has one TOKEN credential named `default`.',
      params: z.object({ projectName: z.string() }),
      body,
      response: { 200: shownTokenResponse },
    },
    handler: async (request) =>
      showTokensOnce(request, services, {
        change: (scope) => services.applications.create(scope, request.body),
        mayMakeTokens: namesToken(request.body.credentials ?? []),
        isSingle: request.body.credentials === undefined,
      }),
  });
}
