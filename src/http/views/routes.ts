// Views of a project: JWK Sets with a part of its public keys. Everything here needs ROLE_API_SECURITY; what changes them
// deploys, too.

import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { createViewRoute } from './create-view.ts';
import { deleteViewRoute } from './delete-view.ts';
import { getViewRoute } from './get-view.ts';
import { listViewsRoute } from './list-views.ts';
import { updateViewRoute } from './update-view.ts';

const operations = [listViewsRoute, createViewRoute, getViewRoute, updateViewRoute, deleteViewRoute];

export function viewRoutes(app: KeyplaneServer, services: RouteServices): void {
  for (const operation of operations) operation(app, services);
}
