import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { ProjectScope } from '../../access/caller.ts';
import type { NewApplicationToken } from '../../applications/applications.ts';
import type { RouteServices } from '../http-services.ts';
import { named } from '../openapi/named.ts';
import { deployOnce } from '../requests/once.ts';
import { deploymentResponse } from '../responses/deployment-response.ts';

/** A change that deploys and makes a token. */
export const shownTokenResponse = named(
  'ApplicationTokenAnswer',
  z.object({
    ...deploymentResponse.shape,
    token: z
      .string()
      .optional()
      .describe(
        'Shown once. Absent where a request with an Idempotency-Key is repeated: keyplane keeps only the hash',
      ),
  }),
);

const notAgain =
  'The token was in the first answer to this request only! Replace it (POST applications/{name}/token) if that answer was lost.';

/** A repeated request makes no second token, and the first is kept nowhere. */
export async function showTokenOnce(
  request: Pick<FastifyRequest, 'project' | 'caller'> & FastifyRequest,
  services: Pick<RouteServices, 'idempotency'>,
  change: (scope: ProjectScope) => Promise<NewApplicationToken>,
) {
  let token: string | undefined;
  const answer = await deployOnce(request, services, async (scope) => {
    const { secretToken, result } = await change(scope);
    token = secretToken;
    return result;
  });
  if (token !== undefined) return { ...answer, token };
  return { ...answer, warnings: [...(answer.warnings ?? []), notAgain] };
}
