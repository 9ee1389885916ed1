import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { ProjectScope } from '../../access/caller.ts';
import type { ApplicationChange } from '../../applications/applications.ts';
import type { RouteServices } from '../http-services.ts';
import { named } from '../openapi/named.ts';
import { deployOnce } from '../requests/once.ts';
import { deploymentResponse } from '../responses/deployment-response.ts';

const tokens = z
  .array(z.object({ name: z.string().describe('Name of the credential'), token: z.string() }))
  .optional()
  .describe(
    'New tokens, shown once. Absent where there are none, and where a request with an Idempotency-Key is repeated',
  );

/** A change that deploys and makes tokens. */
export const shownTokensResponse = named(
  'ApplicationTokensAnswer',
  z.object({ ...deploymentResponse.shape, tokens }),
);

/** The same, for requests that make one token without naming its credential. */
export const shownTokenResponse = named(
  'ApplicationTokenAnswer',
  z.object({
    ...deploymentResponse.shape,
    tokens,
    token: z
      .string()
      .optional()
      .describe(
        'The one token, where the request did not say which credentials there are. Shown once. Absent where a request with an Idempotency-Key is repeated: keyplane keeps only the hash',
      ),
  }),
);

const notAgain =
  'The token was in the first response to this request only! Replace it (POST applications/{name}/token) if that response was lost.';

/** An empty list is one TOKEN credential named `default`. */
export function namesToken(credentials: readonly { readonly type: string }[]): boolean {
  return credentials.length === 0 || credentials.some(({ type }) => type === 'TOKEN');
}

/** A repeated request makes no second token, and the first is kept nowhere. */
export async function showTokensOnce(
  request: Pick<FastifyRequest, 'project' | 'caller'> & FastifyRequest,
  services: Pick<RouteServices, 'idempotency'>,
  {
    change,
    mayMakeTokens = true,
    isSingle = false,
  }: {
    readonly change: (scope: ProjectScope) => Promise<ApplicationChange>;
    /** A repetition says that tokens were shown before. */
    readonly mayMakeTokens?: boolean;
    /** The response has the token as `token`, too. */
    readonly isSingle?: boolean;
  },
) {
  let changed: ApplicationChange | undefined;
  const answer = await deployOnce(request, services, async (scope) => {
    changed = await change(scope);
    return changed.result;
  });
  if (changed === undefined) {
    return mayMakeTokens ? { ...answer, warnings: [...(answer.warnings ?? []), notAgain] } : answer;
  }
  const [first] = changed.tokens;
  if (first === undefined) return answer;
  const shown = { ...answer, tokens: changed.tokens.map(({ name, token }) => ({ name, token })) };
  return isSingle ? { ...shown, token: first.token } : shown;
}
