import { z } from 'zod';
import type { FoundApplication, NamedUsage } from '../../applications/applications.ts';
import { grantOperations } from '../../protocol/content.ts';
import { named } from '../openapi/named.ts';
import { nameText } from '../openapi/named-values.ts';
import { descriptionMember } from '../requests/body-schemas.ts';
import { instant, instantOrNull, instantText } from '../responses/response-schemas.ts';

const operation = named('GrantOperation', z.enum(grantOperations));

/** What a request grants; the rules check the names. */
const grantMember = z.strictObject({
  keyRingName: z.string().optional(),
  jwkName: z.string().optional(),
  operations: z.array(operation).min(1).max(100),
});

const expiresAt = z
  .string()
  .nullable()
  .optional()
  .describe('ISO 8601, in the future; from then on its tokens are rejected. null: it never expires');

export const applicationMembers = {
  description: descriptionMember(),
  expiresAt,
  grants: z.array(grantMember).max(1000).optional(),
};

const grant = named(
  'Grant',
  z.strictObject({
    keyRingName: nameText('A key ring of the project').optional(),
    jwkName: nameText('A JWK of the project that belongs to no key ring').optional(),
    operations: z.array(operation).min(1),
  }),
);

/** For the description of the API. */
export const describedMembers = {
  ...applicationMembers,
  grants: z
    .array(grant)
    .optional()
    .describe('Each names either a key ring or a JWK. What is not granted is rejected'),
};

const item = {
  id: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  expiresAt: instant.nullable(),
  grants: z.array(
    z.object({
      keyRingName: z.string().optional(),
      jwkName: z.string().optional(),
      operations: z.array(operation),
    }),
  ),
  formerTokensValidUntil: z
    .array(instant)
    .describe('Of tokens that were replaced with an overlap and may still be valid'),
  createdAt: instant,
  updatedAt: instant,
  lastUsedAt: instant.nullable().describe('Rounded down to the minute'),
};

export const applicationItem = named('Application', z.object(item));

export const applicationDetail = named(
  'ApplicationDetail',
  z.object({
    ...item,
    usage: z
      .array(
        z.object({
          keyName: z.string().describe('Name of the JWK'),
          operation: z.string(),
          outcome: z.string().describe('SUCCEEDED or REFUSED'),
          count: z.number().int(),
          lastUsedAt: instant.describe('Rounded down to the minute'),
        }),
      )
      .describe('As nodes reported it, every 10 seconds'),
  }),
);

export function applicationView({ application, grants, lastUsedAt }: FoundApplication) {
  const { id, name, description, expiresAt: expiry, tokens, createdAt, updatedAt } = application;
  return {
    id,
    name,
    description,
    expiresAt: instantOrNull(expiry),
    grants: grants.map((one) => ({ ...one, operations: [...one.operations] })),
    formerTokensValidUntil: tokens.flatMap(({ validUntil }) =>
      validUntil === null ? [] : [instantText(validUntil)],
    ),
    createdAt: instantText(createdAt),
    updatedAt: instantText(updatedAt),
    lastUsedAt: instantOrNull(lastUsedAt),
  };
}

export function applicationDetailView(found: FoundApplication & { readonly usage: readonly NamedUsage[] }) {
  const usage = found.usage.map((one) => ({ ...one, lastUsedAt: instantText(one.lastUsedAt) }));
  return { ...applicationView(found), usage };
}
