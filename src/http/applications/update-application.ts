import { z } from 'zod';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { describedAs, named } from '../openapi/named.ts';
import { nameText } from '../openapi/named-values.ts';
import { deployOnce } from '../requests/once.ts';
import { deploymentResponse } from '../responses/deployment-response.ts';
import { openToDeployers } from '../route-access.ts';
import { applicationMembers, describedMembers } from './application-schemas.ts';

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
    },
    schema: {
      operationId: 'updateApplication',
      tags: ['applications'],
      summary: 'Update an application: its description, its expiry, its grants',
      description: 'What is absent stays as it is; `grants` replace all former ones. Its token stays valid.',
      params: z.object({ projectName: z.string(), applicationName: z.string() }),
      body,
      response: { 200: deploymentResponse },
    },
    handler: async (request) =>
      deployOnce(request, services, (scope) =>
        services.applications.update(scope, request.params.applicationName, request.body),
      ),
  });
}
