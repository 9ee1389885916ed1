import { z } from 'zod';
import type { Caller } from '../../access/caller.ts';
import type { Members } from '../../access/members.ts';
import { cliCommand } from '../../runtime/cli-command.ts';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { addressOf } from '../limits/rate-limits.ts';
import { describedAs, named } from '../openapi/named.ts';
import { nameText, role } from '../openapi/named-values.ts';
import { requiredText } from '../requests/body-schemas.ts';
import { instant, instantOrNull, success, successResponse } from '../responses/response-schemas.ts';
import { openToAnyone, openToSignedIn } from '../route-access.ts';
import { clearSessionCookie, refuseOtherSites, setSessionCookie } from './session-cookie.ts';

const url = '/apiops/auth/session/';
/** A working day; a token of `POST /apiops/auth/token` lasts an hour. */
const lifeSeconds = 8 * 3600;

const given = z.strictObject({
  username: requiredText('Username can not be empty!'),
  password: requiredText('Password can not be empty!'),
});
const body = describedAs(
  given,
  named(
    'SessionRequest',
    given.extend({ username: nameText('Username'), password: z.string().min(1).max(1_024) }),
  ),
);

const answer = named(
  'OpenedSession',
  z.object({
    success: z.literal(true),
    username: z.string(),
    admin: z.boolean(),
    expiresAt: instant.nullable(),
  }),
);

const membership = named(
  'Membership',
  z.object({
    name: z.string(),
    description: z.string().nullable(),
    roles: z.array(role),
  }),
);

/** Signing in and out of the console, and who is signed in. */
export function sessionRoute(app: KeyplaneServer, services: Pick<RouteServices, 'signIn' | 'members'>): void {
  openSession(app, services);
  app.route({
    method: 'GET',
    url,
    config: { access: openToSignedIn },
    schema: {
      operationId: 'getSession',
      tags: ['access'],
      summary: 'Get the signed-in user and the roles in each project',
      description: 'The user of the token or session, and the roles that it has in each project.',
      response: {
        200: named(
          'Session',
          answer.extend({
            projects: z.array(membership),
            cliCommand: z
              .string()
              .describe('How the command line is called on the machine of the manager, such as `keyplane`'),
          }),
        ),
      },
    },
    handler: async ({ caller }) => sessionView(caller, services.members),
  });
  app.route({
    method: 'DELETE',
    url,
    config: { access: openToSignedIn },
    schema: {
      operationId: 'deleteSession',
      tags: ['access'],
      summary: 'Sign out of the console',
      description: 'Ends the session of the request and deletes its cookie.',
      response: { 200: successResponse },
    },
    handler: async (request, reply) => {
      await services.signIn.signOut(request.caller);
      clearSessionCookie(request, reply);
      return success;
    },
  });
}

function openSession(app: KeyplaneServer, { signIn }: Pick<RouteServices, 'signIn'>): void {
  app.route({
    method: 'POST',
    url,
    config: { access: openToAnyone, alsoRefuses: [401, 429] },
    bodyLimit: 16 * 1024,
    schema: {
      operationId: 'createSession',
      tags: ['access'],
      summary: 'Sign in to the console',
      description:
        'Sets a session cookie that scripts cannot read. The limits of the sign-in for a token apply. The session ends after 8 hours.',
      body,
      response: { 200: answer },
    },
    handler: async (request, reply) => {
      refuseOtherSites(request);
      const { username, password } = request.body;
      const address = addressOf(request);
      const opened = await signIn.signIn({ username, password, address, lifeSeconds });
      setSessionCookie(request, reply, { token: opened.accessToken, seconds: opened.expiresInSeconds });
      const { admin, expiresAt } = opened;
      return { success: true as const, username, admin, expiresAt: instantOrNull(expiresAt) };
    },
  });
}

async function sessionView(caller: Caller, members: Members) {
  const { username, admin, tokenExpiresAt } = caller;
  const projects = (await members.projectsOf(caller)).map(({ project, roles }) => {
    return { name: project.name, description: project.description, roles: [...roles] };
  });
  const expiresAt = instantOrNull(tokenExpiresAt);
  return { success: true as const, username, admin, expiresAt, projects, cliCommand };
}
