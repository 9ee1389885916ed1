import { z } from 'zod';
import { badRequest } from '../../errors.ts';
import { parseDuration } from '../../iso-duration.ts';
import { shownText } from '../../names.ts';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { jwkType, jwkUse, sourceType } from '../openapi/named-values.ts';
import { listQuery, readListQuery } from '../requests/list-query.ts';
import { readUnused, unusedForDays } from '../requests/unused-query.ts';
import { listOf } from '../responses/response-schemas.ts';
import { openToMembers } from '../route-access.ts';
import { jwkItem } from './jwk-schemas.ts';
import { jwkListItem } from './jwk-views.ts';

const longestMs = 36_525 * 24 * 3600 * 1000;
const deploymentFilters = ['DEPLOYED', 'INCOMPLETE'] as const;
const sortFields = ['name', 'type', 'kid', 'createdAt', 'updatedAt', 'expirationTime'] as const;

export function listJwksRoute(
  app: KeyplaneServer,
  { jwks, deployedJwks }: Pick<RouteServices, 'jwks' | 'deployedJwks'>,
): void {
  app.route({
    method: 'GET',
    url: '/apiops/projects/:projectName/jwks/',
    config: { access: openToMembers('ROLE_API_SECURITY') },
    schema: {
      operationId: 'listJwks',
      tags: ['jwks'],
      summary: 'List the JWKs of a project, without key material',
      description: 'Paged, sorted and filtered. Without `page` and `size` the response has up to 1,000 JWKs.',
      params: z.object({ projectName: z.string() }),
      querystring: listQuery.extend({
        expiringWithin: z
          .string()
          .optional()
          .describe('ISO 8601 duration: those that expire by then, such as P30D'),
        type: jwkType.optional(),
        use: jwkUse.optional(),
        sourceType: sourceType.optional(),
        unusedForDays,
        deployment: z
          .enum(deploymentFilters)
          .optional()
          .describe(
            '`DEPLOYED`: every node has it; `INCOMPLETE`: a node or an environment without nodes lacks it',
          ),
        withDeployments: z
          .enum(['true', 'false'])
          .optional()
          .describe('`true` adds `deployments`, the state in each environment'),
      }),
      response: { 200: listOf(jwkItem) },
    },
    handler: async (request) => {
      const { type, use, deployment, withDeployments } = request.query;
      const { projectId } = request.project;
      const query = {
        type,
        use,
        sourceType: request.query.sourceType,
        ...readListQuery(request.query, sortFields),
        ...readUnused(request.query.unusedForDays),
        ...readExpiring(request.query.expiringWithin),
        ...(deployment !== undefined && {
          deployed: {
            everywhere: deployment === 'DEPLOYED',
            confirmed: await deployedJwks.confirmedRevisions(projectId),
          },
        }),
      };
      const { jwks: found, total } = await jwks.list(projectId, query);
      const answer = { success: true as const, resultCount: total };
      if (withDeployments !== 'true') return { ...answer, resultList: found.map(jwkListItem) };
      const states = await deployedJwks.statesOf(
        projectId,
        found.map(({ stored }) => stored.id),
      );
      const resultList = found.map((one) => {
        const deployments = (states.get(one.stored.id) ?? []).map((state) => ({ ...state }));
        return { ...jwkListItem(one), deployments };
      });
      return { ...answer, resultList };
    },
  });
}

/** From now on; what has expired already is not about to. */
function readExpiring(text: string | undefined) {
  if (text === undefined || text === '') return {};
  const withinMs = parseDuration(text);
  if (withinMs === undefined || withinMs > longestMs) {
    const accepted = 'It takes an ISO 8601 duration of up to 100 years, such as P30D';
    throw badRequest(`expiringWithin (${shownText(text)}) is not valid! ${accepted}`, {
      reason: 'FIELD_NOT_VALID',
      member: 'expiringWithin',
    });
  }
  const now = Date.now();
  return { expiresAfter: new Date(now), expiresBefore: new Date(now + withinMs) };
}
