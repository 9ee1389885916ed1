import { z } from 'zod';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { named } from '../openapi/named.ts';
import { instant, instantText } from '../responses/response-schemas.ts';
import { openToMembers } from '../route-access.ts';
import { tokenProfileParams, verbatimProfileMembers } from './token-profile-schemas.ts';

const body = named(
  'TokenProfileTrialRequest',
  z.strictObject({
    claims: z.record(z.string(), z.unknown()).optional().describe('What the application would give'),
    audience: z.string().optional().describe('One of the audiences of the profile'),
    subject: z.string().optional().describe('Where the profile has the caller give it'),
    lifetime: z.string().optional().describe('ISO 8601 duration'),
    caller: z
      .string()
      .max(2048)
      .optional()
      .describe('Who would call: the name of an application, or the subject of its credential'),
  }),
);

const trial = named(
  'TokenProfileTrial',
  z.object({
    success: z.literal(true),
    header: z.record(z.string(), z.unknown()).optional().describe('Of the token that a node would issue'),
    claims: z.record(z.string(), z.unknown()).optional().describe('Of the same token'),
    expiresAt: instant.optional(),
    refused: z
      .object({
        error_description: z.string(),
        reason: z.string(),
        member: z.string().optional(),
      })
      .optional()
      .describe('Why a node would refuse it; then the others are absent'),
  }),
);

export function tryTokenProfileRoute(
  app: KeyplaneServer,
  { tokenProfiles }: Pick<RouteServices, 'tokenProfiles'>,
): void {
  app.route({
    method: 'POST',
    url: '/apiops/projects/:projectName/token-profiles/:tokenProfileName/try',
    config: { access: openToMembers('ROLE_API_SECURITY'), verbatimMembers: verbatimProfileMembers },
    schema: {
      operationId: 'tryTokenProfile',
      tags: ['token-profiles'],
      summary: 'Show what a token of a token profile would say',
      description: 'By the rules of the nodes. Nothing is signed, and nothing is stored.',
      params: tokenProfileParams,
      body,
      response: { 200: trial },
    },
    handler: async (request) => {
      const { tokenProfileName } = request.params;
      const result = await tokenProfiles.try(request.project, tokenProfileName, request.body);
      if ('refused' in result) {
        const { message, reason, member } = result.refused;
        const refused = { error_description: message, reason, ...(member !== undefined && { member }) };
        return { success: true as const, refused };
      }
      const { header, claims, expiresAt } = result;
      return { success: true as const, header, claims, expiresAt: instantText(expiresAt) };
    },
  });
}
