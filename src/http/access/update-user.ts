import { z } from 'zod';
import type { Caller } from '../../access/caller.ts';
import { badRequest } from '../../errors.ts';
import { lookupName } from '../../names.ts';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { addressOf } from '../limits/rate-limits.ts';
import { describedAs, named } from '../openapi/named.ts';
import { success, successResponse } from '../responses/response-schemas.ts';
import { openToAdminsOrOneself } from '../route-access.ts';

const given = z.strictObject({
  username: z.string().optional().describe('May be given, but cannot be changed'),
  currentPassword: z.string().optional().describe("The caller's own password, to change it"),
  password: z
    .string()
    .optional()
    .describe(
      '8 to 1024 characters. Set by an administrator, it ends all sessions and personal tokens of the user; with ' +
        '`currentPassword`, it ends all sessions but the one of this request',
    ),
  admin: z.boolean().optional(),
});
const body = describedAs(
  given,
  named(
    'UserChange',
    given.extend({
      password: z
        .string()
        .min(8)
        .max(1_024)
        .optional()
        .describe(
          '8 to 1024 characters. Set by an administrator, it ends all sessions and personal tokens of the user; with `currentPassword`, it ends all sessions but the one of this request',
        ),
    }),
  ),
);
type Body = z.infer<typeof body>;

const operationId = 'updateUser';

export function updateUserRoute(
  app: KeyplaneServer,
  services: Pick<RouteServices, 'users' | 'authorizer' | 'changeOwnPassword'>,
): void {
  const { users, authorizer, changeOwnPassword } = services;
  app.route({
    method: 'PUT',
    url: '/apiops/users/:username/',
    config: { access: openToAdminsOrOneself, alsoRefuses: [429] },
    bodyLimit: 16 * 1024,
    schema: {
      operationId,
      tags: ['access'],
      summary: 'Update a user',
      description:
        'Absent members stay unchanged. Users who are not administrators can change only their own password, with `currentPassword` and `password`.',
      params: z.object({ username: z.string() }),
      body,
      response: { 200: successResponse },
    },
    handler: async (request) => {
      const { username } = request.params;
      const own = ownPasswordOf(request.caller, username, request.body);
      if (own) {
        await changeOwnPassword(request.caller, { ...own, address: addressOf(request) });
        return success;
      }
      await authorizer.requireAdmin(request.caller, operationId);
      const { currentPassword, ...change } = request.body;
      if (currentPassword !== undefined) {
        throw badRequest('currentPassword only goes with password, and only to change your own password!', {
          reason: 'FIELD_NOT_VALID',
          member: 'currentPassword',
        });
      }
      await users.update(request.caller, username, change);
      return success;
    },
  });
}

/** The two passwords if the caller changes only its own password. */
function ownPasswordOf(caller: Caller, username: string, { currentPassword, password, ...rest }: Body) {
  const isOwn = lookupName(username) === caller.username && rest.admin === undefined;
  const isSameName = rest.username === undefined || lookupName(rest.username) === caller.username;
  if (!isOwn || !isSameName || currentPassword === undefined || password === undefined) return undefined;
  return { currentPassword, password };
}
