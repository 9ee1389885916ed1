// What the members of a ring are generated with: type, size or curve, use, algorithm and how they get their kid.

import { badRequest } from '../errors.ts';
import { spelledAlgorithm } from '../jose/algorithm-spelling.ts';
import { joseAlgorithm } from '../jose/algorithms.ts';
import { curveTypeName, keyTypeMember, keyTypeName } from '../jose/key-type-name.ts';
import type { GeneratedTypeName } from '../jose/key-types.ts';
import { useTypeToUse } from '../jose/use-type.ts';
import {
  checkType,
  type GenerateParameters,
  type GeneratePlan,
  type GenerateRequest,
  keyIdTypes,
  readGeneratePlan,
} from '../jwks/generate/generate-plan.ts';
import { plannedAlgorithm } from '../jwks/generate/planned-key.ts';
import type { KeyRing } from './ring.ts';

export type RingParameters = Pick<KeyRing, 'type' | 'use' | 'parameters'>;

const defaultKeyIdType = 'SHA256';

/** @throws KeyplaneError `bad_request` */
export function readRingParameters(request: GenerateRequest): RingParameters {
  const kty = checkType(request.type, 'Key ring type');
  const given = request[keyTypeMember(kty)];
  if (given !== undefined) refuseForeign(given);
  const plan = planOf(keyTypeName(kty), given && withDefaults(given), request);
  const algorithm = joseAlgorithm(spelledAlgorithm(plannedAlgorithm(plan)));
  return {
    type: keyTypeName(kty),
    use: useTypeToUse(plan.useType),
    parameters: {
      ...sizeOrCurve(plan),
      keyUseType: plan.useType,
      algorithm,
      keyIdType: plan.keyIdType,
      ...(algorithm.startsWith('PBES2-') && plan.password),
    },
  };
}

/** The plan of the next member. */
export function nextPlan({ type, parameters }: Pick<KeyRing, 'type' | 'parameters'>): GeneratePlan {
  return planOf(type, parameters, {});
}

/** Names what a member was generated with: members of two generations differ in algorithm, curve or size. */
export function generationOf({ type, parameters }: Pick<KeyRing, 'type' | 'parameters'>): string {
  const { keySize, curveType, algorithm, passwordSaltLength, passwordIterationCount } = parameters;
  const parts = [type, keySize, curveType, algorithm, passwordSaltLength, passwordIterationCount];
  return parts.filter((part) => part !== undefined).join(' ');
}

function planOf(
  type: GeneratedTypeName,
  parameters: GenerateParameters | undefined,
  others: GenerateRequest,
): GeneratePlan {
  const kty = checkType(type);
  // A ring has no use for the validity that the plan has, too.
  return readGeneratePlan({ ...others, type, [keyTypeMember(kty)]: parameters }, new Date(0));
}

function withDefaults(given: GenerateParameters): GenerateParameters {
  return { ...given, keyIdType: given.keyIdType || defaultKeyIdType };
}

function refuseForeign({ keyIdType, notBeforeTime, expirationTime }: GenerateParameters): void {
  for (const [member, value] of Object.entries({ notBeforeTime, expirationTime })) {
    if (value === undefined) continue;
    throw badRequest(
      `${member} does not belong to a key ring! Its policy says when a key is followed by the next`,
      { reason: 'FIELD_NOT_VALID', member },
    );
  }
  if (keyIdType !== 'NONE') return;
  const valid = keyIdTypes.filter((name) => name !== 'NONE').join(', ');
  throw badRequest(
    `keyIdType (NONE) is not valid for a key ring, whose keys need a kid! Valid values: ${valid}`,
    { reason: 'FIELD_NOT_VALID', member: 'keyIdType' },
  );
}

function sizeOrCurve({ key }: GeneratePlan): Pick<GenerateParameters, 'keySize' | 'curveType'> {
  if (key.curve !== undefined) return { curveType: curveTypeName(key.curve) };
  return key.bits === undefined ? {} : { keySize: key.bits };
}
