// Requests about a rotation: rotate, activate, hold, resume. All respond with how far the rotation is by now.

import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { ProjectScope } from '../../access/caller.ts';
import type { ChangeResult } from '../../deployments/deployment-result.ts';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { named } from '../openapi/named.ts';
import { noMembers } from '../requests/body-schemas.ts';
import { composeOnce } from '../requests/once.ts';
import { openToDeployers } from '../route-access.ts';
import { forceMembers, ringParams, rotationResponse } from './ring-schemas.ts';
import { rotationView } from './ring-views.ts';

type Services = Pick<RouteServices, 'keyRings' | 'idempotency'>;

const activation = named(
  'KeyRingActivation',
  z.strictObject({
    kid: z.string().optional().describe('Of the key that becomes ACTIVE'),
    ...forceMembers,
  }),
);

const config = Object.freeze({
  access: openToDeployers('ROLE_API_SECURITY'),
  takesIdempotencyKey: true,
} as const);

export function rotateKeyRingRoute(app: KeyplaneServer, services: Services): void {
  app.route({
    method: 'POST',
    url: '/apiops/projects/:projectName/key-rings/:ringName/rotate',
    config,
    schema: {
      operationId: 'rotateKeyRing',
      tags: ['key-rings'],
      summary: 'Activate the next key of a key ring as soon as it is ready',
      description:
        'The body has no members. A second request before the activation has no further effect. Rejected while the ring is held.',
      params: ringParams,
      body: noMembers,
      response: { 200: rotationResponse },
    },
    handler: (request) => respond(request, services, services.keyRings.rotate),
  });
}

export function activateKeyRoute(app: KeyplaneServer, services: Services): void {
  app.route({
    method: 'POST',
    url: '/apiops/projects/:projectName/key-rings/:ringName/activate',
    config,
    schema: {
      operationId: 'activateKey',
      tags: ['key-rings'],
      summary: 'Activate a key of a key ring by its kid: the next one, or a RETIRING one again',
      description:
        'A rollback holds the ring. `force` passes the time at which verifiers know the next key and, at a rollback, disconnected nodes; nothing passes the confirmation of a new key.',
      params: ringParams,
      body: activation,
      response: { 200: rotationResponse },
    },
    handler: (request) =>
      respond(request, services, (scope, name) => services.keyRings.activate(scope, name, request.body)),
  });
}

export function holdKeyRingRoute(app: KeyplaneServer, services: Services): void {
  app.route({
    method: 'POST',
    url: '/apiops/projects/:projectName/key-rings/:ringName/hold',
    config,
    schema: {
      operationId: 'holdKeyRing',
      tags: ['key-rings'],
      summary: 'Suspend the scheduled rotation of a key ring',
      description: 'Retirement goes on, and a key can be activated by its kid.',
      params: ringParams,
      body: noMembers,
      response: { 200: rotationResponse },
    },
    handler: (request) => respond(request, services, services.keyRings.hold),
  });
}

export function resumeKeyRingRoute(app: KeyplaneServer, services: Services): void {
  app.route({
    method: 'POST',
    url: '/apiops/projects/:projectName/key-rings/:ringName/resume',
    config,
    schema: {
      operationId: 'resumeKeyRing',
      tags: ['key-rings'],
      summary: 'Resume the scheduled rotation of a key ring',
      description: 'The interval counts from the last activation.',
      params: ringParams,
      body: noMembers,
      response: { 200: rotationResponse },
    },
    handler: (request) => respond(request, services, services.keyRings.resume),
  });
}

type ScopedRequest = FastifyRequest & { readonly params: { readonly ringName: string } };

function respond(
  request: ScopedRequest,
  services: Services,
  change: (scope: ProjectScope, name: string) => Promise<ChangeResult>,
) {
  const { ringName } = request.params;
  const { projectId } = request.project;
  return composeOnce(request, services, {
    change: (scope) => change(scope, ringName),
    compose: async () => rotationView(await services.keyRings.get(projectId, ringName)),
  });
}
