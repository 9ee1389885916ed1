// Applications of a project: what may have its keys used at nodes. Everything here needs ROLE_API_SECURITY; what changes them
// deploys, too.

import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { createApplicationRoute } from './create-application.ts';
import { deleteApplicationRoute } from './delete-application.ts';
import { getApplicationRoute } from './get-application.ts';
import { listApplicationsRoute } from './list-applications.ts';
import { listUsageRoute } from './list-usage.ts';
import { replaceApplicationTokenRoute } from './replace-application-token.ts';
import { updateApplicationRoute } from './update-application.ts';

const operations = [
  listApplicationsRoute,
  createApplicationRoute,
  getApplicationRoute,
  updateApplicationRoute,
  replaceApplicationTokenRoute,
  deleteApplicationRoute,
  listUsageRoute,
];

export function applicationRoutes(app: KeyplaneServer, services: RouteServices): void {
  for (const operation of operations) operation(app, services);
}
