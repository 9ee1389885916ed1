import { z } from 'zod';
import { keyTypeNames } from '../../../jose/key-types.ts';
import { alternatives } from '../../../jose/shown.ts';
import type { SourceKeyFacts } from '../../../jwks/inspect-source.ts';
import type { RouteServices } from '../../http-services.ts';
import type { KeyplaneServer } from '../../keyplane-server.ts';
import { describedAs, named } from '../../openapi/named.ts';
import { instant, instantOrNull, listOf } from '../../responses/response-schemas.ts';
import { openToMembers } from '../../route-access.ts';
import { withoutOtherSources } from '../create-jwk.ts';
import { createJwkBody } from '../jwk-schemas.ts';
import { inspectJwkSourceDescription } from '../source-schemas.ts';

const body = describedAs(createJwkBody.clone(), inspectJwkSourceDescription);

const item = named(
  'SourceKey',
  z.object({
    kid: z.string().nullable(),
    type: z
      .string()
      .nullable()
      .describe(`${alternatives(keyTypeNames)}; null if it cannot be determined`),
    curve: z.string().nullable(),
    size: z.number().int().nullable().describe('Bits'),
    private: z.boolean().nullable(),
    use: z.string().nullable(),
    algorithm: z.string().nullable(),
    algorithms: z
      .object({ SIGNATURE: z.array(z.string()), ENCRYPTION: z.array(z.string()) })
      .nullable()
      .describe('What may be asked for with it'),
    notBeforeTime: instant.nullable(),
    expirationTime: instant.nullable(),
    aliasName: z.string().nullable(),
    thumbprint: z
      .string()
      .nullable()
      .describe('RFC 7638, SHA-256: given as kid it selects a key that has none'),
    warnings: z.array(z.string()).describe('What a JWK made of it would leave out or rewrite'),
    problem: z.string().nullable().describe('Why a JWK would not be made of it'),
  }),
);

/** What a source holds, before a JWK is made from it. */
export function inspectJwkSourceRoute(
  app: KeyplaneServer,
  { inspectSource }: Pick<RouteServices, 'inspectSource'>,
): void {
  app.route({
    method: 'POST',
    url: '/apiops/projects/:projectName/jwks/inspect/',
    config: { access: openToMembers('ROLE_API_SECURITY') },
    preValidation: async (request) => {
      request.body = withoutOtherSources(request.body) as typeof request.body;
    },
    schema: {
      operationId: 'inspectJwkSource',
      tags: ['jwks'],
      summary: 'Inspect a source without storing anything',
      description:
        'For each key of the source: the JWK that would be created, the algorithms that fit it, or why it would be rejected.',
      params: z.object({ projectName: z.string() }),
      body,
      response: { 200: listOf(item) },
    },
    handler: async (request) => {
      const { keys, total } = await inspectSource(request.project.projectId, request.body);
      return { success: true as const, resultList: keys.map(view), resultCount: total };
    },
  });
}

function view({
  facts,
  notBeforeTime,
  expirationTime,
  warnings,
  ...rest
}: SourceKeyFacts): z.infer<typeof item> {
  const { type = null, curve = null, size = null, private: isPrivate = null } = facts ?? {};
  return {
    ...rest,
    warnings: [...warnings],
    type,
    curve,
    size,
    private: isPrivate,
    algorithms: facts && {
      SIGNATURE: [...facts.algorithms.SIGNATURE],
      ENCRYPTION: [...facts.algorithms.ENCRYPTION],
    },
    notBeforeTime: instantOrNull(notBeforeTime),
    expirationTime: instantOrNull(expirationTime),
  };
}
