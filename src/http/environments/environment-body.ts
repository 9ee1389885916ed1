import { z } from 'zod';
import { environmentTypes } from '../../environments/environment-store.ts';
import { describedAs, named } from '../openapi/named.ts';
import { environmentType, nameText } from '../openapi/named-values.ts';
import { descriptionMember, nameMember, requiredText } from '../requests/body-schemas.ts';

const valid = environmentTypes.join(', ');
const type = requiredText(`Environment type is required! Valid values: ${valid}`).describe(`One of ${valid}`);
const rest = {
  accessUrl: z
    .string()
    .optional()
    .describe("http or https URL of the environment's gateways, for people to read"),
  projects: z
    .array(z.string())
    .max(10_000)
    .optional()
    .describe('Names of the projects that reach it; absent: every project, empty: none'),
  environmentSet: z
    .boolean()
    .optional()
    .describe(
      'Whether its nodes publish one JWK Set of all projects at /.well-known/jwks.json; false for a new environment, and as it was where a change leaves it out',
    ),
};

const newBody = z.strictObject({
  name: nameMember('Environment name'),
  description: descriptionMember(),
  type,
  ...rest,
});

export const newEnvironmentBody = describedAs(
  newBody,
  named('NewEnvironment', newBody.extend({ name: nameText('Environment name'), type: environmentType })),
);

const changeBody = z.strictObject({
  name: z.string().optional().describe('May be given, but cannot be changed'),
  description: descriptionMember(),
  type: type.optional(),
  ...rest,
});

export const environmentChangeBody = describedAs(
  changeBody,
  named('EnvironmentChange', changeBody.extend({ type: environmentType.optional() })),
);
