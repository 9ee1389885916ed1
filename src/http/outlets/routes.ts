// Outlets of a project. Everything here needs ROLE_API_SECURITY; what changes them deploys, too, and private content takes
// ROLE_READ_PRIVATE_KEYS.

import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { createOutletRoute } from './create-outlet.ts';
import { deleteOutletRoute } from './delete-outlet.ts';
import { deliverOutletRoute } from './deliver-outlet.ts';
import { getOutletRoute } from './get-outlet.ts';
import { listOutletsRoute } from './list-outlets.ts';
import { testOutletRoute } from './test-outlet.ts';
import { updateOutletRoute } from './update-outlet.ts';

const operations = [
  listOutletsRoute,
  createOutletRoute,
  getOutletRoute,
  updateOutletRoute,
  deleteOutletRoute,
  deliverOutletRoute,
  testOutletRoute,
];

export function outletRoutes(app: KeyplaneServer, services: RouteServices): void {
  for (const operation of operations) operation(app, services);
}
