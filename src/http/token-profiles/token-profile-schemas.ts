import { z } from 'zod';
import { audienceModes, subjectModes } from '../../token-profiles/token-profile.ts';
import type { FoundTokenProfile } from '../../token-profiles/token-profiles.ts';
import { describedAs, named } from '../openapi/named.ts';
import { nameText } from '../openapi/named-values.ts';
import { descriptionMember } from '../requests/body-schemas.ts';
import { instant, instantText } from '../responses/response-schemas.ts';

export const tokenProfileParams = z.object({ projectName: z.string(), tokenProfileName: z.string() });

/** Members of a body whose null is a value. */
export const nullableProfileMembers = Object.freeze(['notBeforeOffset', 'encryptTo']);
/** Members within which every null is kept. */
export const verbatimProfileMembers = Object.freeze(['claims']);

const audienceMode = named('AudienceMode', z.enum(audienceModes));
const subjectMode = named('SubjectMode', z.enum(subjectModes));

const subject = named(
  'TokenProfileSubject',
  z.strictObject({
    mode: subjectMode.describe(
      'FIXED: always `value`. FROM_CALLER: the name of the application, the `sub` of the JWT or the URI of the certificate that it called with. GIVEN: what the caller gives',
    ),
    value: z.string().optional().describe('Of mode FIXED'),
    pattern: z
      .string()
      .optional()
      .describe(
        'Of mode GIVEN: `*` stands for one character or more, none of them `:`. Without it any subject may be given',
      ),
  }),
);

const jsonObject = z.record(z.string(), z.unknown());
const claimNames = z.array(z.string());

const claims = named(
  'TokenProfileClaims',
  z.strictObject({
    fixed: jsonObject.nullish().describe('Claims of every token, by name; no caller can give them'),
    allowed: claimNames.nullish().describe('Names of claims that a caller may give'),
    required: claimNames.nullish().describe('Names of claims that a caller must give'),
    schema: jsonObject
      .nullish()
      .describe('JSON Schema 2020-12 for the claims that a caller gives, of at most 16 KiB'),
  }),
);

const encryptTo = named(
  'TokenProfileEncryption',
  z.strictObject({
    jwkName: z.string().optional().describe('A JWK of the project that belongs to no key ring'),
    keyRingName: z.string().optional().describe('A key ring for ENCRYPTION: its ACTIVE key'),
    enc: z.string().optional().describe('Content encryption; by default one that fits the key'),
  }),
);

const text = (description: string) => z.string().optional().describe(description);

const members = {
  description: descriptionMember(),
  keyRingName: text('The key ring that signs, for SIGNATURE'),
  issuer: text('The `iss` of its tokens'),
  audiences: z.array(z.string()).optional().describe('1 to 100'),
  audienceMode: audienceMode
    .optional()
    .describe('FIXED: `aud` is all of them. ONE_OF: the caller chooses one. Default FIXED'),
  lifetime: text('ISO 8601 duration: how long a token is valid where the caller gives nothing. Default PT5M'),
  maxLifetime: text(
    'ISO 8601 duration: the most that a caller may give, at most `maxTokenLifetime` of the key ring. Default `lifetime`',
  ),
  notBeforeOffset: z
    .string()
    .nullable()
    .optional()
    .describe('ISO 8601 duration from -PT10M to PT10M, from `iat` to `nbf`; null: tokens have no `nbf`'),
  tokenType: text('The `typ` of the header, such as JWT or at+jwt. Default JWT'),
  subject: subject.optional().describe('Default FROM_CALLER. Replaced as a whole'),
  claims: claims.optional().describe('Replaced as a whole'),
  encryptTo: encryptTo
    .nullable()
    .optional()
    .describe('Tokens are signed, then encrypted to this key; null: they are not encrypted'),
};

const body = z.strictObject({ name: z.string().optional(), ...members });

export const createTokenProfileBody = describedAs(
  body,
  named(
    'NewTokenProfile',
    z.strictObject({
      name: nameText('Token profile name, unique within the project'),
      ...members,
      keyRingName: z.string().describe('The key ring that signs, for SIGNATURE'),
      issuer: z.string().describe('The `iss` of its tokens'),
      audiences: z.array(z.string()).min(1).describe('1 to 100'),
    }),
  ),
);

export const updateTokenProfileBody = describedAs(
  body.clone(),
  named(
    'TokenProfileChange',
    z.strictObject({ name: nameText('May be given, but cannot be changed').optional(), ...members }),
  ),
);

export const tokenProfileItem = named(
  'TokenProfile',
  z.object({
    id: z.string(),
    name: z.string(),
    description: z.string().nullable(),
    keyRingName: z.string(),
    issuer: z.string(),
    audiences: z.array(z.string()),
    audienceMode,
    lifetime: z.string().describe('As it was given'),
    maxLifetime: z.string().describe('As it was given'),
    notBeforeOffset: z.string().nullable().describe('As it was given'),
    tokenType: z.string(),
    subject: z.object({
      mode: subjectMode,
      value: z.string().nullable(),
      pattern: z.string().nullable(),
    }),
    claims: z.object({
      fixed: jsonObject,
      allowed: z.array(z.string()),
      required: z.array(z.string()),
      schema: jsonObject.nullable(),
    }),
    encryptTo: z
      .object({ jwkName: z.string().optional(), keyRingName: z.string().optional(), enc: z.string() })
      .nullable(),
    createdAt: instant,
    updatedAt: instant,
  }),
);

export function tokenProfileView({ profile, keyRingName, encryptTo: target }: FoundTokenProfile) {
  const { id, name, description, rules, createdAt, updatedAt } = profile;
  const { audiences, subject: subjectRules, claims: claimRules, ...rest } = rules;
  const { fixed, allowed, required, schema } = claimRules;
  return {
    id,
    name,
    description,
    keyRingName,
    ...rest,
    audiences: [...audiences],
    subject: { ...subjectRules },
    claims: { fixed, allowed: [...allowed], required: [...required], schema },
    encryptTo: target && { ...target },
    createdAt: instantText(createdAt),
    updatedAt: instantText(updatedAt),
  };
}
