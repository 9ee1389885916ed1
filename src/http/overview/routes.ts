// What the first page of the console shows.

import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { getOverviewRoute } from './get-overview.ts';

export function overviewRoutes(app: KeyplaneServer, services: RouteServices): void {
  getOverviewRoute(app, services);
}
