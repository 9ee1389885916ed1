// JSON Web Keys of a project. Everything here needs ROLE_API_SECURITY; what changes them deploys, too.

import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { createJwk } from './create-jwk.ts';
import { getJwk } from './get-jwk.ts';
import { listJwks } from './list-jwks.ts';

const operations = [listJwks, createJwk, getJwk];

export function jwkRoutes(app: KeyplaneServer, services: RouteServices): void {
  for (const operation of operations) operation(app, services);
}
