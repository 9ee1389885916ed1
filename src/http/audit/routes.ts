// The audit record, for administrators. What happened to one JWK stands with the JWKs.

import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { listAuditRoute } from './list-audit.ts';

export function auditRoutes(app: KeyplaneServer, services: RouteServices): void {
  listAuditRoute(app, services);
}
