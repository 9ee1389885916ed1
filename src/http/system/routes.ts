// What a person or a machine asks of the manager itself. None of it needs a token, so none of it says anything
// about what is stored.

import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { apiReference } from './api-reference.ts';
import { console } from './console.ts';
import { health } from './health.ts';
import { metrics } from './metrics.ts';
import { openapiJson } from './openapi-json.ts';
import { readiness } from './readiness.ts';

const operations = [console, health, readiness, metrics, openapiJson, apiReference];

export function systemRoutes(app: KeyplaneServer, services: RouteServices): void {
  for (const operation of operations) operation(app, services);
}
