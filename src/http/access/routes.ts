// Sign-in, personal tokens and users. A token is shown once, in the response that creates it; passwords never.

import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { createTokenRoute } from './create-token.ts';
import { createUserRoute } from './create-user.ts';
import { deleteTokenRoute } from './delete-token.ts';
import { deleteUserRoute } from './delete-user.ts';
import { listTokensRoute } from './list-tokens.ts';
import { listUserTokensRoute } from './list-user-tokens.ts';
import { listUsersRoute } from './list-users.ts';
import { revokeUserTokenRoute } from './revoke-user-token.ts';
import { sessionRoute } from './session.ts';
import { signInRoute } from './sign-in.ts';
import { updateUserRoute } from './update-user.ts';

const operations = [
  signInRoute,
  sessionRoute,
  listTokensRoute,
  createTokenRoute,
  deleteTokenRoute,
  listUsersRoute,
  createUserRoute,
  updateUserRoute,
  deleteUserRoute,
  listUserTokensRoute,
  revokeUserTokenRoute,
];

export function accessRoutes(app: KeyplaneServer, services: RouteServices): void {
  for (const operation of operations) operation(app, services);
}
