import { z } from 'zod';
import { keyTypeMember, keyTypeName } from '../../jose/key-type-name.ts';
import { type GeneratedKeyType, generatedKeyTypes, keyTypeInfo } from '../../jose/key-types.ts';
import { alternatives } from '../../jose/shown.ts';
import { keyIdTypes } from '../../jwks/generate/generate-plan.ts';
import { memberStates, revocationReasons } from '../../jwks/ring-member.ts';
import { holdCauses, ringStates } from '../../rings/ring.ts';
import { policyDurations } from '../../rings/ring-policy.ts';
import { transitionCauses } from '../../rings/schedule/timeline.ts';
import { describedKey, generateParameters } from '../jwks/generate-schemas.ts';
import { describedAs, named } from '../openapi/named.ts';
import { jwkType, jwkUse, useType } from '../openapi/named-values.ts';
import { descriptionMember, environmentNames } from '../requests/body-schemas.ts';
import { deploymentResultSchema, warningTexts } from '../responses/deployment-response.ts';
import { instant } from '../responses/response-schemas.ts';

export const ringParams = z.object({ projectName: z.string(), ringName: z.string() });

/** Members of a body whose null is a value. */
export const nullablePolicyMembers = Object.freeze(['rotationInterval', 'signingLease', 'environmentNames']);

const duration = (name: keyof typeof policyDurations, description: string) =>
  z
    .string()
    .optional()
    .describe(`ISO 8601 duration: ${description}. Default ${policyDurations[name].default}`);

/** Of a body. */
export const policyMembers = {
  rotationInterval: duration(
    'rotationInterval',
    'how long a key is ACTIVE; null: keys are rotated by hand only',
  ).nullable(),
  maxTokenLifetime: duration(
    'maxTokenLifetime',
    'the longest time from signature to expiry, or how long a message may wait to be decrypted',
  ),
  verifierCacheTime: duration(
    'verifierCacheTime',
    'how long a verifier may keep a JWK Set beyond what Cache-Control says',
  ),
  clockSkew: duration('clockSkew', 'how far the clocks of verifiers may be off'),
  signingLease: duration(
    'signingLease',
    'how long a node signs that has not heard from a manager; null: without end',
  ).nullable(),
  exportable: z
    .boolean()
    .optional()
    .describe('Whether private keys may leave by the API; can be changed from true to false only'),
  environmentNames: environmentNames().describe(
    'null: all environments that the project reaches, also later ones',
  ),
};

const text = (description: string) => z.string().optional().describe(description);

const body = z.strictObject({
  name: text('Key ring name, unique within the project'),
  description: descriptionMember(),
  type: text(alternatives(generatedKeyTypes.map(keyTypeName))),
  ...generateParameters,
  ...policyMembers,
});

const ringKeyIdType = named('KeyRingKeyIdType', z.enum(keyIdTypes).exclude(['NONE']));

/** The object of one key type: that of Generate JWK, without what is about a single key. */
function describedParameters(kty: GeneratedKeyType) {
  const { isSymmetric } = keyTypeInfo(kty);
  const iterations = z.int().min(1_000).max(10_000_000).optional();
  const passwords = {
    passwordSaltLength: z.int().min(8).max(1_024).optional().describe('Octets of salt for PBES2, default 8'),
    passwordIterationCount: iterations.describe('Iterations for PBES2, default 1000'),
  };
  return named(
    `KeyRing${titleOf(kty)}`,
    z.strictObject({
      ...describedKey(kty),
      ...(isSymmetric && passwords),
      keyUseType: useType.optional().describe('SIGNATURE is the default, but for X25519 and X448'),
      keyIdType: ringKeyIdType.optional().describe('How keys get their kid; default SHA256, the thumbprint'),
    }),
  );
}

function titleOf(kty: GeneratedKeyType): string {
  const member = keyTypeMember(kty);
  return `${member.charAt(0).toUpperCase()}${member.slice(1)}`;
}

const described = {
  name: z.string().min(1).max(120).describe('Key ring name, unique within the project'),
  description: descriptionMember(),
  ...policyMembers,
};
const objects = new Map(generatedKeyTypes.map((kty) => [kty, describedParameters(kty)]));

function describedRing(kty: GeneratedKeyType) {
  const object = objects.get(kty);
  if (object === undefined) throw new TypeError(`no ${kty} keys are generated`);
  return named(
    `Create${titleOf(kty)}KeyRing`,
    z.strictObject({ ...described, type: z.literal(keyTypeName(kty)), [keyTypeMember(kty)]: object }),
  );
}

const [firstType, ...otherTypes] = generatedKeyTypes.map(describedRing);
if (firstType === undefined) throw new TypeError('no key type is generated');

/** Create key ring: one schema for each key type. */
export const createRingBody = describedAs(
  body,
  named('CreateKeyRing', z.discriminatedUnion('type', [firstType, ...otherTypes])),
);

const objectMembers = Object.fromEntries(
  [...objects].map(([kty, object]) => [keyTypeMember(kty), object.optional()]),
);

/** Update key ring: what is left out stays. */
export const updateRingBody = describedAs(
  body.clone(),
  named(
    'UpdateKeyRing',
    z.strictObject({
      ...described,
      name: described.name.optional().describe('May be given, but cannot be changed'),
      type: jwkType.optional().describe('May be given, but cannot be changed'),
      ...objectMembers,
    }),
  ),
);

export const forceMembers = {
  force: z.boolean().optional().describe('Passes a gate; needs `reason`'),
  reason: z.string().optional().describe('3 to 500 characters, for the audit log'),
};

const memberState = named('KeyRingMemberState', z.enum(memberStates));
export const ringState = named('KeyRingState', z.enum(ringStates));
const revocationReason = named('RevocationReason', z.enum(revocationReasons));

const outletName = z.string().describe('The outlet that has not delivered; absent where the node is meant');
const nodeOfOutlet = z.string().nullable().describe('null for an outlet that the manager delivers');

const waitingFor = named(
  'KeyRingWaiting',
  z.object({
    environmentName: z
      .string()
      .nullable()
      .describe('null where it is time, and not a node, that is waited for'),
    nodeName: z.string().nullable().describe('null also for an outlet that the manager delivers'),
    outletName: outletName.optional(),
    reason: z
      .enum(['NOT_CONNECTED', 'NOT_CONFIRMED', 'CACHES', 'HELD'])
      .describe('The node is not connected, has not confirmed; caches may lack the key; the ring is held'),
    lastSeenAt: instant.nullable(),
  }),
);

const member = named(
  'KeyRingMember',
  z.object({
    version: z.number().int(),
    jwkName: z.string(),
    kid: z.string(),
    algorithm: z.string().nullable(),
    state: memberState,
    createdAt: instant,
    publishedAt: instant.nullable().describe('When the last node had it'),
    readyAt: instant.nullable().describe('When every verifier knows it'),
    activatedAt: instant.nullable(),
    retireAt: instant
      .nullable()
      .describe('Of a RETIRING one; null while a node may still use it without end'),
    retiredAt: instant.nullable(),
    revokedAt: instant.nullable(),
    revokedReason: revocationReason.nullable(),
    revocationId: z.string().nullable().describe('Of Get revocation: the clock of its revocation'),
    lastUsedAt: instant.nullable().describe('Rounded down to the minute'),
  }),
);

const answered = (description: string) => z.string().describe(description);

export const ringItem = named(
  'KeyRing',
  z.object({
    name: z.string(),
    description: z.string().nullable(),
    projectId: z.string(),
    type: jwkType,
    use: jwkUse,
    ...Object.fromEntries(
      [...objects].map(([kty, object]) => [
        keyTypeMember(kty),
        object.optional().describe('What the next key is generated with; only that of `type`'),
      ]),
    ),
    rotationInterval: answered('As it was given').nullable(),
    maxTokenLifetime: answered('As it was given'),
    verifierCacheTime: answered('As it was given'),
    clockSkew: answered('As it was given'),
    signingLease: answered('As it was given').nullable(),
    exportable: z.boolean(),
    environmentNames: z.array(z.string()).nullable(),
    publicationDelay: answered('How long after its publication verifiers may not know a key'),
    state: ringState,
    heldBecause: z.enum(holdCauses).nullable().describe('Why it is held; null: it is not'),
    lateSince: instant.nullable(),
    nextRotationAt: instant.nullable(),
    cacheAdvice: z.string().nullable().describe('What verifiers must do for rotation to be safe'),
    waitingFor: z.array(waitingFor).describe('Empty unless an activation is due or requested'),
    members: z.array(member).describe('Ascending by version'),
    createdAt: instant,
    updatedAt: instant,
  }),
);

export const rotationResponse = named(
  'KeyRingRotation',
  z.object({
    success: z.literal(true),
    state: ringState,
    activatesAt: instant.nullable().describe('When the key is, or was, activated; null: not known yet'),
    waitingFor: z.array(waitingFor),
    deploymentResult: deploymentResultSchema,
    warnings: warningTexts,
  }),
);

const safeNode = z.object({
  environmentName: z.string(),
  nodeName: nodeOfOutlet,
  outletName: outletName.optional(),
  safeAfterMs: z.number().int().describe('From the revocation until the node published the key no more'),
});

const pendingNode = z.object({
  environmentName: z.string(),
  nodeName: nodeOfOutlet,
  outletName: outletName.optional(),
  lastSeenAt: instant.nullable(),
  signsUntil: instant.nullable().describe('null: without end'),
  publishesUntil: instant
    .nullable()
    .describe('Until when verifiers may have the key from it; null: without end'),
});

export const revocationMembers = {
  revocationId: z.string(),
  revokedAt: instant,
  kids: z.array(z.string()),
  reason: revocationReason,
  comment: z.string().nullable(),
  activatedBeforeReady: z
    .literal(true)
    .optional()
    .describe('Verifiers may not know the key that follows; absent where they do'),
  safeNodes: z.array(safeNode),
  pendingNodes: z.array(pendingNode),
  nodesSafeAt: instant.nullable().describe('null while a node is pending'),
  verifiersSafeAt: instant
    .nullable()
    .describe('When no cache holds the key any more; null while a node is pending'),
};

export const timelineItem = named(
  'KeyRingTransition',
  z.object({
    at: instant,
    version: z.number().int(),
    kid: z.string().nullable().describe('null: the key is not generated yet'),
    from: memberState.nullable(),
    to: memberState,
    planned: z.boolean(),
    cause: z
      .enum(transitionCauses)
      .nullable()
      .describe('null: of a past activation that the audit log does not have'),
  }),
);
