// Routes about the manager itself. None of them requires a token, so none of them returns anything about stored
// objects.

import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { apiReferenceRoute } from './api-reference.ts';
import { consoleRoute } from './console.ts';
import { healthRoute } from './health.ts';
import { metricsRoute } from './metrics.ts';
import { openapiJsonRoute } from './openapi-json.ts';
import { readinessRoute } from './readiness.ts';

const operations = [
  consoleRoute,
  healthRoute,
  readinessRoute,
  metricsRoute,
  openapiJsonRoute,
  apiReferenceRoute,
];

export function systemRoutes(app: KeyplaneServer, services: RouteServices): void {
  for (const operation of operations) operation(app, services);
}
