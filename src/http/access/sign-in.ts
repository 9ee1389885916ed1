import { z } from 'zod';
import { badRequest, KeyplaneError } from '../../errors.ts';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { addressOf } from '../limits/rate-limits.ts';
import { describedAs, named } from '../openapi/named.ts';
import { formType, parseFormBodies } from '../requests/form-body.ts';
import { openToAnyone } from '../route-access.ts';

/** Other parameters are ignored (RFC 6749 §3.2). */
const given = z.object({
  grant_type: z.string().optional().describe('`client_credentials`'),
  client_id: z.string().optional().describe('Username'),
  client_secret: z.string().optional().describe('Password'),
});
const body = describedAs(
  given,
  named(
    'SignInRequest',
    given.extend({
      grant_type: z.literal('client_credentials'),
      client_id: z.string().min(1).describe('Username'),
      client_secret: z.string().min(1).describe('Password'),
    }),
  ),
);

/** The token response of RFC 6749 §5.1, and nothing around it. */
const answer = named(
  'AccessToken',
  z.object({
    access_token: z.string(),
    token_type: z.literal('Bearer'),
    expires_in: z.number().int().describe('Seconds'),
  }),
);

export function signInRoute(app: KeyplaneServer, services: Pick<RouteServices, 'signIn'>): void {
  app.register(async (scope: KeyplaneServer) => {
    parseFormBodies(scope);
    scope.route({
      method: 'POST',
      url: '/apiops/auth/token',
      config: { access: openToAnyone, alsoRefuses: [401, 429] },
      bodyLimit: 16 * 1024,
      schema: {
        operationId: 'signIn',
        tags: ['access'],
        summary: 'Sign in and get an access token',
        description:
          'After 10 wrong passwords in a minute for one user, or 100 from one address, 429 until the minute is over.',
        consumes: [formType],
        body,
        response: { 200: answer },
      },
      handler: async (request) => {
        const { grant_type: grantType, client_id: username, client_secret: password } = request.body;
        if (grantType !== 'client_credentials') {
          throw new KeyplaneError('unsupported_grant_type', 'GrantType value must be client_credentials!');
        }
        if (username === undefined)
          throw badRequest('client_id can not be empty!', { reason: 'FIELD_REQUIRED', member: 'client_id' });
        if (password === undefined)
          throw badRequest('client_secret can not be empty!', {
            reason: 'FIELD_REQUIRED',
            member: 'client_secret',
          });
        const address = addressOf(request);
        const { accessToken, expiresInSeconds } = await services.signIn.signIn({
          username,
          password,
          address,
        });
        return { access_token: accessToken, token_type: 'Bearer' as const, expires_in: expiresInSeconds };
      },
    });
  });
}
