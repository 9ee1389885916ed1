// Key rings of a project. Everything here needs ROLE_API_SECURITY; what changes them deploys, too.

import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { adoptJwkRoute } from './adopt-jwk.ts';
import { createKeyRingRoute } from './create-key-ring.ts';
import { deleteKeyRingRoute } from './delete-key-ring.ts';
import { getKeyRingRoute } from './get-key-ring.ts';
import { getTimelineRoute } from './get-timeline.ts';
import { listKeyRingsRoute } from './list-key-rings.ts';
import {
  activateKeyRoute,
  holdKeyRingRoute,
  resumeKeyRingRoute,
  rotateKeyRingRoute,
} from './request-rotation.ts';
import { getRevocationRoute, revokeKeyRoute } from './revoke-key.ts';
import { updateKeyRingRoute } from './update-key-ring.ts';

const operations = [
  listKeyRingsRoute,
  createKeyRingRoute,
  getKeyRingRoute,
  updateKeyRingRoute,
  deleteKeyRingRoute,
  rotateKeyRingRoute,
  activateKeyRoute,
  holdKeyRingRoute,
  resumeKeyRingRoute,
  revokeKeyRoute,
  getRevocationRoute,
  getTimelineRoute,
  adoptJwkRoute,
];

export function ringRoutes(app: KeyplaneServer, services: RouteServices): void {
  for (const operation of operations) operation(app, services);
}
