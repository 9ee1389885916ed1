// Sign-in, personal tokens and users. A token is shown once, in the answer that creates it; passwords never.

import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { createToken } from './create-token.ts';
import { createUser } from './create-user.ts';
import { deleteToken } from './delete-token.ts';
import { deleteUser } from './delete-user.ts';
import { listTokens } from './list-tokens.ts';
import { listUserTokens } from './list-user-tokens.ts';
import { listUsers } from './list-users.ts';
import { revokeUserToken } from './revoke-user-token.ts';
import { session } from './session.ts';
import { signIn } from './sign-in.ts';
import { updateUser } from './update-user.ts';

const operations = [
  signIn,
  session,
  listTokens,
  createToken,
  deleteToken,
  listUsers,
  createUser,
  updateUser,
  deleteUser,
  listUserTokens,
  revokeUserToken,
];

export function accessRoutes(app: KeyplaneServer, services: RouteServices): void {
  for (const operation of operations) operation(app, services);
}
