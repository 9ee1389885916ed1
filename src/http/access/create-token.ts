import { z } from 'zod';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { describedAs, named } from '../openapi/named.ts';
import { nameText, role } from '../openapi/named-values.ts';
import { nameMember, requiredText, rolesMember } from '../requests/body-schemas.ts';
import { instant, instantOrNull } from '../responses/response-schemas.ts';
import { openToSignedIn } from '../route-access.ts';
import { narrowedProject, narrowedProjectsView } from './token-schemas.ts';

const projectNarrowing = named(
  'ProjectNarrowing',
  z.strictObject({ projectName: nameText('Project name'), roles: z.array(role).max(100) }),
);

const noProjectName = 'projectName can not be empty!';

const given = z.strictObject({
  name: nameMember('Token name'),
  expiresAt: z
    .string()
    .nullable()
    .optional()
    .describe('ISO 8601, in the future; null: the token never expires; without it, in 90 days'),
  projects: z
    .array(
      z.strictObject({
        projectName: requiredText(noProjectName).min(1, noProjectName),
        roles: rolesMember(),
      }),
    )
    .max(100)
    .optional()
    .describe('The token sees only these projects, with at most these roles; it is no administrator'),
});
const body = describedAs(
  given,
  named(
    'NewToken',
    given.extend({
      name: nameText('Token name'),
      projects: z
        .array(projectNarrowing)
        .max(100)
        .optional()
        .describe('The token sees only these projects, with at most these roles; it is no administrator'),
    }),
  ),
);

const answer = named(
  'CreatedToken',
  z.object({
    success: z.literal(true),
    token: z.string().describe('Shown once'),
    name: z.string(),
    expiresAt: instant.nullable(),
    projects: z.array(narrowedProject).nullable(),
  }),
);

export function createTokenRoute(app: KeyplaneServer, { tokens }: Pick<RouteServices, 'tokens'>): void {
  app.route({
    method: 'POST',
    url: '/apiops/tokens/',
    config: { access: openToSignedIn, nullMembers: ['expiresAt'] },
    schema: {
      operationId: 'createToken',
      tags: ['access'],
      summary: 'Create a personal token',
      description:
        'The token is in this response and nowhere else: keyplane keeps its hash. Without `expiresAt` it expires in 90 days.',
      body,
      response: { 200: answer },
    },
    handler: async (request) => {
      const made = await tokens.create(request.caller, request.body);
      return {
        success: true as const,
        token: made.secretToken,
        name: made.name,
        expiresAt: instantOrNull(made.expiresAt),
        projects: narrowedProjectsView(made.projects),
      };
    },
  });
}
