// Token profiles of a project: the contents of tokens that nodes issue. Everything here needs ROLE_API_SECURITY; what changes them
// deploys, too.

import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { createTokenProfileRoute } from './create-token-profile.ts';
import { deleteTokenProfileRoute } from './delete-token-profile.ts';
import { getTokenProfileRoute } from './get-token-profile.ts';
import { listTokenProfilesRoute } from './list-token-profiles.ts';
import { tryTokenProfileRoute } from './try-token-profile.ts';
import { updateTokenProfileRoute } from './update-token-profile.ts';

const operations = [
  listTokenProfilesRoute,
  createTokenProfileRoute,
  getTokenProfileRoute,
  updateTokenProfileRoute,
  deleteTokenProfileRoute,
  tryTokenProfileRoute,
];

export function tokenProfileRoutes(app: KeyplaneServer, services: RouteServices): void {
  for (const operation of operations) operation(app, services);
}
