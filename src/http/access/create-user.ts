import { z } from 'zod';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { describedAs, named } from '../openapi/named.ts';
import { nameText } from '../openapi/named-values.ts';
import { nameMember, requiredText } from '../requests/body-schemas.ts';
import { changeOnce } from '../requests/once.ts';
import { success, successResponse } from '../responses/response-schemas.ts';
import { openToAdmins } from '../route-access.ts';

const given = z.strictObject({
  username: nameMember('Username'),
  password: requiredText('Password can not be empty!').describe('8 to 1024 characters'),
  admin: z.boolean().optional().describe('Whether the user is an administrator, who may do everything'),
});
const body = describedAs(
  given,
  named(
    'NewUser',
    given.extend({
      username: nameText('Username'),
      password: z.string().min(8).max(1_024).describe('8 to 1024 characters'),
    }),
  ),
);

export function createUserRoute(
  app: KeyplaneServer,
  services: Pick<RouteServices, 'users' | 'idempotency'>,
): void {
  app.route({
    method: 'POST',
    url: '/apiops/users/',
    config: { access: openToAdmins, takesIdempotencyKey: true },
    schema: {
      operationId: 'createUser',
      tags: ['access'],
      summary: 'Create a user',
      description: 'Other users become members of projects with roles; an administrator may do everything.',
      body,
      response: { 200: successResponse },
    },
    handler: async (request) => {
      await changeOnce(request, services, (once) =>
        services.users.create(request.caller, request.body, once),
      );
      return success;
    },
  });
}
