// Environments, enrollment tokens and nodes. Administrators only.

import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { createEnrollmentTokenRoute } from './create-enrollment-token.ts';
import { createEnvironmentRoute } from './create-environment.ts';
import { deleteEnrollmentTokenRoute } from './delete-enrollment-token.ts';
import { deleteEnvironmentRoute } from './delete-environment.ts';
import { deleteNodeRoute } from './delete-node.ts';
import { listEnrollmentTokensRoute } from './list-enrollment-tokens.ts';
import { listEnvironmentsRoute } from './list-environments.ts';
import { listNodesRoute } from './list-nodes.ts';
import { readmitNodeRoute } from './readmit-node.ts';
import { updateEnvironmentRoute } from './update-environment.ts';

const operations = [
  listEnvironmentsRoute,
  createEnvironmentRoute,
  updateEnvironmentRoute,
  deleteEnvironmentRoute,
  createEnrollmentTokenRoute,
  listEnrollmentTokensRoute,
  deleteEnrollmentTokenRoute,
  listNodesRoute,
  deleteNodeRoute,
  readmitNodeRoute,
];

export function environmentRoutes(app: KeyplaneServer, services: RouteServices): void {
  for (const operation of operations) operation(app, services);
}
