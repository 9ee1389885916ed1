import { z } from 'zod';
import { badRequest } from '../../errors.ts';
import { shownText } from '../../names.ts';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { pageQuery, readPage } from '../requests/list-query.ts';
import { listOf } from '../responses/response-schemas.ts';
import { openToAdmins } from '../route-access.ts';
import { auditItem, auditView } from './audit-schemas.ts';

const text = (description: string) => z.string().max(256).optional().describe(description);

const query = pageQuery.extend({
  actor: text('Username, or `system`'),
  action: text('Such as `jwk.create`'),
  objectType: text('Such as `jwk`'),
  objectName: text('Name of the object'),
  projectName: text('Name of the project'),
  outcome: z.enum(['SUCCESS', 'DENIED', 'FAILURE']).optional().describe('Those with this outcome'),
  from: text('ISO 8601: not before it'),
  to: text('ISO 8601: before it'),
});

/** Who did what to which object with which outcome, newest first. */
export function listAuditRoute(app: KeyplaneServer, { auditTrail }: Pick<RouteServices, 'auditTrail'>): void {
  app.route({
    method: 'GET',
    url: '/apiops/audit/',
    config: { access: openToAdmins },
    schema: {
      operationId: 'listAudit',
      tags: ['audit'],
      summary: 'List audit records, newest first',
      description:
        'In pages, with filters. The records are a chain of hashes, which `keyplane doctor` checks.',
      querystring: query,
      response: { 200: listOf(auditItem) },
    },
    handler: async (request) => {
      const { page, size, from, to, ...equal } = request.query;
      const filter = { ...equal, from: readInstant(from, 'from'), to: readInstant(to, 'to') };
      const { records, total } = await auditTrail.search(filter, readPage({ page, size }));
      return { success: true as const, resultList: records.map(auditView), resultCount: total };
    },
  });
}

function readInstant(value: string | undefined, name: string): Date | undefined {
  if (value === undefined || value === '') return undefined;
  const instant = new Date(value);
  if (/^\d{4}-\d{2}-\d{2}/.test(value) && !Number.isNaN(instant.getTime())) return instant;
  throw badRequest(
    `${name} (${shownText(value)}) is not valid! It takes an ISO 8601 date and time, such as 2030-01-31T12:00:00Z`,
    { reason: 'FIELD_NOT_VALID', member: name },
  );
}
