import { z } from 'zod';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { named } from '../openapi/named.ts';
import { openToDeployers } from '../route-access.ts';
import { shownTokenResponse, showTokensOnce } from './shown-token.ts';

const body = named(
  'ApplicationTokenReplacement',
  z.strictObject({
    credentialName: z
      .string()
      .optional()
      .describe('Name of a TOKEN credential. Without it: the only one, or the one named `default`'),
    overlap: z
      .string()
      .optional()
      .describe(
        'How long the former token stays valid: an ISO 8601 duration of at most P30D, such as PT1H. Without it the former token ends at once',
      ),
  }),
);

export function replaceApplicationTokenRoute(
  app: KeyplaneServer,
  services: Pick<RouteServices, 'applications' | 'idempotency'>,
): void {
  app.route({
    method: 'POST',
    url: '/apiops/projects/:projectName/applications/:applicationName/token',
    config: { access: openToDeployers('ROLE_API_SECURITY'), takesIdempotencyKey: true },
    schema: {
      operationId: 'replaceApplicationToken',
      tags: ['applications'],
      summary: 'Replace a token of an application',
      description:
        'The new token is in this response and nowhere else. With `overlap` the former one stays valid for a while, so that the application can be given the new one.',
      params: z.object({ projectName: z.string(), applicationName: z.string() }),
      body: body.optional(),
      response: { 200: shownTokenResponse },
    },
    handler: async (request) => {
      const { applicationName } = request.params;
      return showTokensOnce(request, services, {
        change: (scope) => services.applications.replaceToken(scope, applicationName, request.body ?? {}),
        isSingle: true,
      });
    },
  });
}
