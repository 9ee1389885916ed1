// JSON Web Keys of a project. Everything here needs ROLE_API_SECURITY; what changes them deploys, too.

import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { createJwk } from './create-jwk.ts';
import { deleteJwk } from './delete-jwk.ts';
import { getJwkDeployment } from './detail/get-jwk-deployment.ts';
import { getJwkPublic } from './detail/get-jwk-public.ts';
import { inspectJwkSource } from './detail/inspect-jwk-source.ts';
import { listJwkHistory } from './detail/list-jwk-history.ts';
import { exportJwkFile } from './export-jwk-file.ts';
import { generateJwk } from './generate-jwk.ts';
import { getJwk } from './get-jwk.ts';
import { importJwkFile } from './import-jwk-file.ts';
import { listJwks } from './list-jwks.ts';
import { parseJwk } from './parse-jwk.ts';
import { updateJwk } from './update-jwk.ts';

const operations = [
  listJwks,
  createJwk,
  generateJwk,
  parseJwk,
  importJwkFile,
  getJwk,
  updateJwk,
  deleteJwk,
  exportJwkFile,
  inspectJwkSource,
  getJwkPublic,
  getJwkDeployment,
  listJwkHistory,
];

export function jwkRoutes(app: KeyplaneServer, services: RouteServices): void {
  for (const operation of operations) operation(app, services);
}
