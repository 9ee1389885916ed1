// A key out of a plan: generated, with its use, algorithm and kid.

import { badRequest } from '../../errors.ts';
import { spelledAlgorithm } from '../../jose/algorithm-spelling.ts';
import {
  algorithmsFitting,
  checkAlgorithmFits,
  isDeprecated,
  joseAlgorithm,
  type KeyOutline,
} from '../../jose/algorithms.ts';
import { importJwk } from '../../jose/import-jwk.ts';
import type { JsonObject } from '../../jose/json.ts';
import type { PrivateJwk } from '../../jose/jwk.ts';
import { keyTypeName } from '../../jose/key-type-name.ts';
import { isSymmetric } from '../../jose/key-types.ts';
import { useTypeToUse } from '../../jose/use-type.ts';
import { generatePrivateKey } from '../../sources/generate-key.ts';
import type { GeneratePlan } from './generate-plan.ts';
import { makeKid } from './make-kid.ts';

/** The plan of a key, without what is about its place among other JWKs. */
export type KeyOutlinePlan = Pick<GeneratePlan, 'key' | 'useType' | 'algorithm' | 'keyIdType'>;

/**
 * The algorithm of the key that is planned, found with a key that costs nothing to create: one that does not fit is
 * rejected before a second of CPU is spent.
 */
export function plannedAlgorithm(plan: KeyOutlinePlan): string {
  return algorithmOf(standIn(plan), plan);
}

/** @param kid of the key; undefined: it is made as the plan says */
export async function generateJwkOf(
  plan: KeyOutlinePlan,
  kid: string | undefined,
  clock: () => Date,
): Promise<PrivateJwk> {
  return finish(await generatePrivateKey(plan.key), plan, { kid, now: clock() });
}

function standIn({ key: { kty, bits = 0, curve, keyAlgorithm } }: KeyOutlinePlan): KeyOutline {
  if (keyAlgorithm !== undefined) return { kty, alg: keyAlgorithm };
  if (curve !== undefined) return { kty, crv: curve };
  return isSymmetric({ kty }) ? { kty, k: Buffer.alloc(bits / 8).toString('base64url') } : { kty };
}

/** The algorithm that was asked for, or the first current one that fits. */
function algorithmOf(jwk: KeyOutline, { algorithm, useType }: KeyOutlinePlan): string {
  if (algorithm !== undefined) {
    const named = spelledAlgorithm(algorithm);
    checkAlgorithmFits(jwk, useType, named);
    return joseAlgorithm(named);
  }
  const first = algorithmsFitting(jwk, useType).find((name) => !isDeprecated(name));
  if (first === undefined) {
    const kind = `${keyTypeName(jwk.kty)} keys of this size or curve`;
    throw badRequest(
      `No algorithm with use type ${useType} fits ${kind}! Choose another size, curve or keyUseType`,
      { reason: 'ALGORITHM_NOT_VALID', member: 'keyUseType' },
    );
  }
  return joseAlgorithm(first);
}

async function finish(
  raw: JsonObject,
  plan: KeyOutlinePlan,
  { kid, now }: { kid: string | undefined; now: Date },
): Promise<PrivateJwk> {
  const own = { soundnessChecked: true } as const;
  const bare = await importJwk(raw, own);
  const named = kid === undefined ? makeKid(plan.keyIdType, bare, now) : kid;
  const members = { ...bare, use: useTypeToUse(plan.useType), alg: algorithmOf(bare, plan) };
  return importJwk({ ...members, ...(named !== undefined && { kid: named }) } as unknown as JsonObject, own);
}
