import { z } from 'zod';
import type { RingPolicyRequest } from '../../rings/ring-request.ts';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { listOf, listResponse } from '../responses/response-schemas.ts';
import { openToMembers } from '../route-access.ts';
import { ringParams, timelineItem } from './ring-schemas.ts';
import { timelineView } from './ring-views.ts';

const text = (description: string) => z.string().optional().describe(description);

const query = z.strictObject({
  rotationInterval: text('ISO 8601 duration, or `null`'),
  maxTokenLifetime: text('ISO 8601 duration'),
  verifierCacheTime: text('ISO 8601 duration'),
  clockSkew: text('ISO 8601 duration'),
  signingLease: text('ISO 8601 duration, or `null`'),
  exportable: z
    .enum(['true', 'false'])
    .optional()
    .describe('Whether private keys can be exported, as in a request that changes the policy'),
  environmentNames: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .describe('Names, one a parameter; `null`: all that the project reaches'),
});

export function getTimelineRoute(app: KeyplaneServer, { keyRings }: Pick<RouteServices, 'keyRings'>): void {
  app.route({
    method: 'GET',
    url: '/apiops/projects/:projectName/key-rings/:ringName/timeline',
    config: { access: openToMembers('ROLE_API_SECURITY') },
    schema: {
      operationId: 'getKeyRingTimeline',
      tags: ['key-rings'],
      summary: 'Get past and planned transitions of the keys of a key ring',
      description:
        'Planned ones are computed by the code of the scheduler, as if every node confirmed at once. Members of the policy as parameters show what another policy would plan; nothing is changed.',
      params: ringParams,
      querystring: query,
      response: { 200: listOf(timelineItem) },
    },
    handler: async (request) => {
      const { ringName } = request.params;
      const rows = await keyRings.timeline(request.project.projectId, ringName, policyOf(request.query));
      return listResponse(rows.map(timelineView));
    },
  });
}

function policyOf(given: z.infer<typeof query>): RingPolicyRequest {
  const { exportable, environmentNames } = given;
  return {
    ...given,
    rotationInterval: givenValue(given.rotationInterval),
    signingLease: givenValue(given.signingLease),
    exportable: exportable === undefined ? undefined : exportable === 'true',
    environmentNames: typeof environmentNames === 'string' ? namesOf(environmentNames) : environmentNames,
  };
}

function givenValue(given: string | undefined): string | null | undefined {
  return given === 'null' ? null : given;
}

function namesOf(given: string): readonly string[] | null {
  return given === 'null' ? null : [given];
}
