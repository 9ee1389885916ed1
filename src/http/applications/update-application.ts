import { z } from 'zod';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { describedAs, named } from '../openapi/named.ts';
import { nameText } from '../openapi/named-values.ts';
import { openToDeployers } from '../route-access.ts';
import { applicationMembers, credentialNulls, describedMembers } from './application-schemas.ts';
import { namesToken, shownTokensResponse, showTokensOnce } from './shown-token.ts';

const body = describedAs(
  z.strictObject({ name: z.string().optional(), ...applicationMembers }),
  named(
    'ApplicationChange',
    z.strictObject({
      name: nameText('May be given, but cannot be changed').optional(),
      ...describedMembers,
    }),
  ),
);

export function updateApplicationRoute(
  app: KeyplaneServer,
  services: Pick<RouteServices, 'applications' | 'idempotency'>,
): void {
  app.route({
    method: 'PUT',
    url: '/apiops/projects/:projectName/applications/:applicationName/',
    config: {
      access: openToDeployers('ROLE_API_SECURITY'),
      takesIdempotencyKey: true,
      nullMembers: ['expiresAt'],
      nullsWithin: { credentials: credentialNulls },
    },
    schema: {
      operationId: 'updateApplication',
      tags: ['applications'],
      summary: 'Update an application: its description, its expiry, its credentials, its grants',
      description:
        'What is absent stays as it is; `credentials` and `grants` replace all former ones. A TOKEN credential that stays by its name keeps its token, and its expiry where `expiresAt` is absent; the response shows the token of a new one.',
      params: z.object({ projectName: z.string(), applicationName: z.string() }),
      body,
      response: { 200: shownTokensResponse },
    },
    handler: async (request) =>
      showTokensOnce(request, services, {
        change: (scope) => services.applications.update(scope, request.params.applicationName, request.body),
        mayMakeTokens: request.body.credentials !== undefined && namesToken(request.body.credentials),
      }),
  });
}
