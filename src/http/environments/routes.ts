// Environments, the tokens that let nodes in, and the nodes. All of it is for administrators.

import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { createEnrollmentToken } from './create-enrollment-token.ts';
import { createEnvironment } from './create-environment.ts';
import { deleteEnrollmentToken } from './delete-enrollment-token.ts';
import { deleteEnvironment } from './delete-environment.ts';
import { deleteNode } from './delete-node.ts';
import { listEnrollmentTokens } from './list-enrollment-tokens.ts';
import { listEnvironments } from './list-environments.ts';
import { listNodes } from './list-nodes.ts';
import { readmitNode } from './readmit-node.ts';
import { updateEnvironment } from './update-environment.ts';

const operations = [
  listEnvironments,
  createEnvironment,
  updateEnvironment,
  deleteEnvironment,
  createEnrollmentToken,
  listEnrollmentTokens,
  deleteEnrollmentToken,
  listNodes,
  deleteNode,
  readmitNode,
];

export function environmentRoutes(app: KeyplaneServer, services: RouteServices): void {
  for (const operation of operations) operation(app, services);
}
