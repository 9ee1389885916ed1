// Events of a project: what programs react to. Reading them needs ROLE_API_SECURITY.

import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { listEventsRoute } from './list-events.ts';

export function eventRoutes(app: KeyplaneServer, services: RouteServices): void {
  listEventsRoute(app, services);
}
