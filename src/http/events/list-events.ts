import { z } from 'zod';
import { badRequest } from '../../errors.ts';
import { eventTypes } from '../../events/event-types.ts';
import { readEventPatterns } from '../../events/read-events.ts';
import { shownText } from '../../names.ts';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { named } from '../openapi/named.ts';
import { openToMembers } from '../route-access.ts';
import { eventItem, eventView } from './event-schemas.ts';

const mostItems = 1_000;
const defaultItems = 100;

const query = z.strictObject({
  after: z.string().optional().meta({
    type: 'integer',
    minimum: 0,
    description:
      'Events with a larger `sequence`. Without it the list begins with the first event that is kept',
  }),
  limit: z
    .string()
    .optional()
    .meta({
      type: 'integer',
      minimum: 1,
      maximum: mostItems,
      description: `Items at most, default ${defaultItems}`,
    }),
  types: z
    .string()
    .max(1_000)
    .optional()
    .describe('Separated by commas: types, or all of a kind such as `keyring.*`'),
  environmentName: z
    .string()
    .max(256)
    .optional()
    .describe('Events with this `environmentName` in `data`: of nodes, and of the deliveries of outlets'),
});

const response = named(
  'EventPage',
  z.object({
    success: z.literal(true),
    resultList: z.array(eventItem),
    resultCount: z.number().int().min(0).describe('How many match, on this page and after it'),
    lost: z
      .number()
      .int()
      .min(0)
      .nullable()
      .describe(
        'How many events after `after` are no longer kept, of any type. Null: `after` is beyond the newest event, as after a restore; the list then begins with the first event',
      ),
    newestSequence: z
      .number()
      .int()
      .min(0)
      .describe('Of the newest event of the project, of any type; 0 where there is none'),
  }),
);

/** What happened in a project, in order. */
export function listEventsRoute(
  app: KeyplaneServer,
  { readEvents }: Pick<RouteServices, 'readEvents'>,
): void {
  app.route({
    method: 'GET',
    url: '/apiops/projects/:projectName/events/',
    config: { access: openToMembers('ROLE_API_SECURITY') },
    schema: {
      operationId: 'listEvents',
      tags: ['events'],
      summary: 'List events of a project, oldest first',
      description:
        'Events are kept for 7 days, and at most the newest 10,000 of a project. To follow them, ask again with the last `sequence` as `after`.',
      params: z.object({ projectName: z.string() }),
      querystring: query,
      response: { 200: response },
    },
    handler: async (request) => {
      const { after, limit, types, environmentName } = request.query;
      const { projectId, projectName } = request.project;
      const page = await readEvents({
        projectId,
        after:
          after === undefined || after === '' ? undefined : readWhole(after, { name: 'after', least: 0 }),
        limit: readWhole(limit || String(defaultItems), { name: 'limit', least: 1, most: mostItems }),
        environmentName: environmentName || undefined,
        types: types ? readEventPatterns(types.split(','), 'types') : eventTypes,
      });
      return {
        success: true as const,
        resultList: page.events.map((event) => eventView(event, projectName)),
        resultCount: page.total,
        lost: page.lost,
        newestSequence: page.newest,
      };
    },
  });
}

interface Range {
  readonly name: string;
  readonly least: number;
  readonly most?: number;
}

function readWhole(text: string, { name, least, most }: Range): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : -1;
  if (value >= least && value <= (most ?? value)) return value;
  const accepted = most === undefined ? `of ${least} or more` : `from ${least} to ${most}`;
  throw badRequest(`${name} (${shownText(text)}) is not valid! It takes a whole number ${accepted}`, {
    reason: 'FIELD_NOT_VALID',
    member: name,
  });
}
