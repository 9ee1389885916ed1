// JSON Web Keys of a project. Everything here needs ROLE_API_SECURITY; what changes them deploys, too.

import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { createJwkRoute } from './create-jwk.ts';
import { deleteJwkRoute } from './delete-jwk.ts';
import { getJwkDeploymentRoute } from './detail/get-jwk-deployment.ts';
import { getJwkPublicRoute } from './detail/get-jwk-public.ts';
import { inspectJwkSourceRoute } from './detail/inspect-jwk-source.ts';
import { listJwkHistoryRoute } from './detail/list-jwk-history.ts';
import { exportJwkFileRoute } from './export-jwk-file.ts';
import { generateJwkRoute } from './generate-jwk.ts';
import { getJwkRoute } from './get-jwk.ts';
import { importJwkFileRoute } from './import-jwk-file.ts';
import { listJwksRoute } from './list-jwks.ts';
import { parseJwk } from './parse-jwk.ts';
import { updateJwkRoute } from './update-jwk.ts';

const operations = [
  listJwksRoute,
  createJwkRoute,
  generateJwkRoute,
  parseJwk,
  importJwkFileRoute,
  getJwkRoute,
  updateJwkRoute,
  deleteJwkRoute,
  exportJwkFileRoute,
  inspectJwkSourceRoute,
  getJwkPublicRoute,
  getJwkDeploymentRoute,
  listJwkHistoryRoute,
];

export function jwkRoutes(app: KeyplaneServer, services: RouteServices): void {
  for (const operation of operations) operation(app, services);
}
