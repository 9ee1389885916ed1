import { z } from 'zod';
import { durationInHours } from '../../iso-duration.ts';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { named } from '../openapi/named.ts';
import { listQuery, readListQuery } from '../requests/list-query.ts';
import { pageOf } from '../requests/page-of.ts';
import { instant, instantOrNull, listOf } from '../responses/response-schemas.ts';
import { openToAdmins } from '../route-access.ts';

const item = named(
  'EnvironmentNode',
  z.object({
    name: z.string(),
    connected: z.boolean(),
    appliedRevision: z.number().int().describe('The last revision that the node confirmed'),
    lastSeenAt: instant.nullable(),
    version: z.string().nullable(),
    privateKeys: z.boolean().describe('False: it is given public parts only'),
    address: z.string().nullable().describe('That it last connected from'),
    clockOffsetMs: z
      .number()
      .int()
      .nullable()
      .describe("Milliseconds that its clock is ahead of the manager's, as last measured"),
    serveLimit: z
      .string()
      .nullable()
      .describe(
        'How long it serves JWK Sets without a manager, as an ISO 8601 duration; null: it always serves them',
      ),
    ephemeral: z.boolean().describe('It keeps no copy of what it is sent'),
    signsUntil: instant
      .nullable()
      .describe(
        'Until when it may sign with key rings where no manager hears from it any more; null: without end, or there is nothing to sign with',
      ),
    divergedRevision: z
      .number()
      .int()
      .optional()
      .describe(
        'Only of a node that has a history which the database has forgotten: the revision that it has',
      ),
  }),
);

const sortFields = ['name', 'connected', 'appliedRevision', 'lastSeenAt'] as const;

export function listNodesRoute(app: KeyplaneServer, { nodes }: Pick<RouteServices, 'nodes'>): void {
  app.route({
    method: 'GET',
    url: '/apiops/environments/:environmentName/nodes/',
    config: { access: openToAdmins },
    schema: {
      operationId: 'listNodes',
      tags: ['environments'],
      summary: 'List the nodes of an environment',
      description: 'Each with its applied revision and the time of the last contact.',
      params: z.object({ environmentName: z.string() }),
      querystring: listQuery,
      response: { 200: listOf(item) },
    },
    handler: async (request) => {
      const query = readListQuery(request.query, sortFields);
      return pageOf(await nodes.list(request.params.environmentName), query, {
        searched: ({ name }) => [name],
        sorted: {
          name: ({ name }) => name,
          connected: ({ connected }) => connected,
          appliedRevision: ({ appliedRevision }) => appliedRevision,
          lastSeenAt: ({ lastSeenAt }) => lastSeenAt,
        },
        shown: ({ divergedRevision, lastSeenAt, serveLimitMs, signsUntil, ...node }) => ({
          name: node.name,
          connected: node.connected,
          appliedRevision: node.appliedRevision,
          version: node.version,
          privateKeys: node.privateKeys,
          address: node.address,
          clockOffsetMs: node.clockOffsetMs,
          serveLimit: serveLimitMs === null ? null : durationInHours(serveLimitMs),
          ephemeral: node.ephemeral,
          signsUntil: instantOrNull(signsUntil),
          ...(divergedRevision !== undefined && { divergedRevision }),
          lastSeenAt: instantOrNull(lastSeenAt),
        }),
      });
    },
  });
}
