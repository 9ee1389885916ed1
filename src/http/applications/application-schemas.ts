import { z } from 'zod';
import { credentialTypes } from '../../applications/application.ts';
import type { FoundApplication, NamedCredential, NamedUsage } from '../../applications/applications.ts';
import type { IssuerKeySet } from '../../applications/issuer-key-set.ts';
import { grantOperations } from '../../protocol/content.ts';
import { named } from '../openapi/named.ts';
import { nameText } from '../openapi/named-values.ts';
import { descriptionMember } from '../requests/body-schemas.ts';
import { instant, instantOrNull, instantText } from '../responses/response-schemas.ts';

const operation = named('GrantOperation', z.enum(grantOperations));

const longestText = 2048;
const longestSubject = 256;
const mostCredentials = 100;
const fastestRate = 100_000;

/** What a request grants; the rules check the names. */
const grantMember = z.strictObject({
  keyRingName: z.string().optional(),
  jwkName: z.string().optional(),
  tokenProfileName: z.string().optional(),
  operations: z.array(operation).min(1).max(100),
  ratePerSecond: z.number().min(0.001).max(fastestRate).optional(),
  burst: z.number().int().min(1).max(fastestRate).optional(),
});

/** What a request says an application is known by; the rules check which members go together. */
const credentialMember = z.strictObject({
  type: z.enum(credentialTypes),
  name: z.string().optional(),
  expiresAt: z.string().nullable().optional(),
  uriSan: z.string().max(longestText).optional(),
  spkiSha256: z.string().max(longestText).optional(),
  issuer: z.string().max(longestText).optional(),
  audience: z.string().max(longestText).optional(),
  subject: z.string().max(longestSubject).optional(),
  claims: z.record(z.string(), z.unknown()).optional(),
  singleUse: z.boolean().optional(),
  jwksUri: z.string().max(longestText).optional(),
  jwkName: z.string().optional(),
});

/** A null within `claims` is kept, so that the rules reject it: without it the credential would require less. */
export const credentialNulls = Object.freeze({
  nullMembers: ['expiresAt'],
  verbatimMembers: ['claims'],
} as const);

const expiresAt = z
  .string()
  .nullable()
  .optional()
  .describe('ISO 8601, in the future; from then on all its credentials are rejected. null: it never expires');

export const applicationMembers = {
  description: descriptionMember(),
  expiresAt,
  credentials: z.array(credentialMember).max(mostCredentials).optional(),
  grants: z.array(grantMember).max(1000).optional(),
};

const grant = named(
  'Grant',
  z.strictObject({
    keyRingName: nameText('A key ring of the project').optional(),
    jwkName: nameText('A JWK of the project that belongs to no key ring').optional(),
    tokenProfileName: nameText('A token profile of the project').optional(),
    operations: z
      .array(operation)
      .min(1)
      .describe(
        'ISSUE is for token profiles, the others for keys. On a key ring SIGN_RAW is needed to sign a payload that is a JSON object and to compute a MAC: maxTokenLifetime bounds neither',
      ),
    ratePerSecond: z
      .number()
      .min(0.001)
      .max(fastestRate)
      .optional()
      .describe('How many operations per second each node admits. Without it: no limit'),
    burst: z
      .number()
      .int()
      .min(1)
      .max(fastestRate)
      .optional()
      .describe('How many it admits at once. Without it: what it admits in one second, and at least 1'),
  }),
);

const tokenCredential = named(
  'TokenCredential',
  z.strictObject({
    type: z.literal('TOKEN'),
    name: nameText('Unique within the application'),
    expiresAt: z
      .string()
      .nullable()
      .optional()
      .describe(
        'ISO 8601, in the future. null: as long as the application. Without it: as before, and for a new token as null',
      ),
  }),
);

const mtlsCredential = named(
  'MtlsCredential',
  z.strictObject({
    type: z.literal('MTLS'),
    uriSan: z
      .string()
      .max(longestText)
      .optional()
      .describe('A URI of the subject alternative name of the client certificate. This or spkiSha256'),
    spkiSha256: z
      .string()
      .optional()
      .describe('SHA-256 of the SubjectPublicKeyInfo of the client certificate, base64url'),
  }),
);

const jwtCredential = named(
  'JwtCredential',
  z.strictObject({
    type: z.literal('JWT'),
    issuer: z.string().min(1).max(longestText),
    audience: z.string().min(1).max(longestText),
    subject: z
      .string()
      .min(1)
      .max(longestSubject)
      .describe('A pattern: `*` matches one or more characters within one `:` segment'),
    claims: z
      .record(z.string(), z.unknown())
      .optional()
      .describe('Claims that must have exactly these values; null is none'),
    singleUse: z.boolean().optional().describe('Each node accepts a jti once'),
    jwksUri: z
      .string()
      .max(longestText)
      .optional()
      .describe(
        'Where the manager fetches the public keys of the issuer, at creation and at least every 5 minutes. This or jwkName',
      ),
    jwkName: nameText('A JWK of the project that belongs to no key ring; its public part is used').optional(),
  }),
);

const credential = named(
  'Credential',
  z.discriminatedUnion('type', [tokenCredential, mtlsCredential, jwtCredential]),
);

/** For the description of the API. */
export const describedMembers = {
  ...applicationMembers,
  credentials: z
    .array(credential)
    .max(mostCredentials)
    .optional()
    .describe(
      'What the application is known by at a node. Within a project a credential fits one application',
    ),
  grants: z
    .array(grant)
    .optional()
    .describe('Each names a key ring, a JWK or a token profile. What is not granted is rejected'),
};

const item = {
  id: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  expiresAt: instant.nullable(),
  credentials: z.array(
    z.object({
      type: z.enum(credentialTypes),
      name: z.string().optional(),
      expiresAt: instant.nullable().optional(),
      uriSan: z.string().optional(),
      spkiSha256: z.string().optional(),
      issuer: z.string().optional(),
      audience: z.string().optional(),
      subject: z.string().optional(),
      claims: z.record(z.string(), z.unknown()).optional(),
      singleUse: z.boolean().optional(),
      jwksUri: z.string().optional(),
      jwkName: z.string().optional(),
    }),
  ),
  keySets: z
    .array(
      z.object({
        jwksUri: z.string(),
        keyCount: z.number().int(),
        state: z.enum(['FRESH', 'FAILING']).describe('FAILING: the last keys that were read stay deployed'),
        stateSince: instant,
        stateReason: z.string().nullable(),
        fetchedAt: instant.describe('When the URI last returned keys'),
      }),
    )
    .describe('What its JWTs are verified with, by jwksUri'),
  grants: z.array(
    z.object({
      keyRingName: z.string().optional(),
      jwkName: z.string().optional(),
      tokenProfileName: z.string().optional(),
      operations: z.array(operation),
      ratePerSecond: z.number().optional(),
      burst: z.number().int().optional(),
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

export function applicationView(found: FoundApplication) {
  const { id, name, description, expiresAt: expiry, createdAt, updatedAt } = found.application;
  return {
    id,
    name,
    description,
    expiresAt: instantOrNull(expiry),
    credentials: found.credentials.map(credentialView),
    keySets: found.keySets.map(keySetView),
    grants: found.grants.map((one) => ({ ...one, operations: [...one.operations] })),
    formerTokensValidUntil: found.formerTokens.flatMap(({ validUntil }) =>
      validUntil === null ? [] : [instantText(validUntil)],
    ),
    createdAt: instantText(createdAt),
    updatedAt: instantText(updatedAt),
    lastUsedAt: instantOrNull(found.lastUsedAt),
  };
}

function credentialView(one: NamedCredential) {
  return one.type === 'TOKEN' ? { ...one, expiresAt: instantOrNull(one.expiresAt) } : one;
}

function keySetView({ jwksUri, keys, refresh }: IssuerKeySet) {
  const { state, stateSince, stateReason, fetchedAt } = refresh;
  return {
    jwksUri,
    keyCount: keys.length,
    state,
    stateSince: instantText(stateSince),
    stateReason,
    fetchedAt: instantText(fetchedAt),
  };
}

export function applicationDetailView(found: FoundApplication & { readonly usage: readonly NamedUsage[] }) {
  const usage = found.usage.map((one) => ({ ...one, lastUsedAt: instantText(one.lastUsedAt) }));
  return { ...applicationView(found), usage };
}
