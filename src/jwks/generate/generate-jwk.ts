// Generate JWK: type, size, curve, algorithm, kid and validity from a request, each with its default. Rejected with the
// allowed values: other sizes, algorithms that do not fit the key, dates out of order.

import type { ProjectScope } from '../../access/caller.ts';
import type { ChangeResult } from '../../deployments/deployment-result.ts';
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
import { checkName } from '../../names.ts';
import { generatePrivateKey } from '../../sources/generate-key.ts';
import { insertJwk, type JwkRuleOptions, type JwkRuleStores, requireFreeName } from '../insert-jwk.ts';
import { requireUnusedKid } from '../published-kid.ts';
import { checkType, type GeneratePlan, type GenerateRequest, readGeneratePlan } from './generate-plan.ts';
import { makeKid } from './make-kid.ts';

export type GenerateJwk = (scope: ProjectScope, request: GenerateRequest) => Promise<ChangeResult>;

export function jwkGeneration(options: JwkRuleOptions): GenerateJwk {
  return async (scope, request) => {
    const name = checkName(request.name, 'JWK name');
    const kty = checkType(request.type);
    const requestedKid = request.kid === '' ? undefined : request.kid;
    await options.store.read(async (stores) => {
      await requireFreeName(stores, scope.projectId, name);
      // Before a second of CPU is spent on it.
      if (requestedKid !== undefined && !isSymmetric({ kty }))
        await refuseUsedKid(stores, scope, requestedKid);
    });
    const plan = readGeneratePlan(request, options.clock());
    checkPlanFits(plan);
    const raw = await generatePrivateKey(plan.key);
    const jwk = await finish(raw, plan, { kid: requestedKid, now: options.clock() });
    const { notBeforeTime, expirationTime, password } = plan;
    return insertJwk(options, scope, {
      name,
      notBeforeTime,
      expirationTime,
      jwk,
      description: request.description ?? null,
      canReplaceKid: requestedKid === undefined,
      sourceType: 'GENERATE',
      sourceId: null,
      sourceUrl: null,
      source: jwk.alg?.startsWith('PBES2-') ? { ...password } : {},
    });
  };
}

/** A new key is another than all that are there. */
async function refuseUsedKid(stores: JwkRuleStores, { projectId }: ProjectScope, kid: string): Promise<void> {
  const environments = await stores.environments.listReachedBy(projectId);
  if (environments.length > 0) await requireUnusedKid(stores, projectId, kid);
}

/**
 * A key of the planned kind that costs nothing to create: an algorithm that does not fit it is rejected before a second
 * of CPU is spent.
 */
function checkPlanFits(plan: GeneratePlan): void {
  algorithmOf(standIn(plan), plan);
}

function standIn({ key: { kty, bits = 0, curve } }: GeneratePlan): KeyOutline {
  if (curve !== undefined) return { kty, crv: curve };
  return isSymmetric({ kty }) ? { kty, k: Buffer.alloc(bits / 8).toString('base64url') } : { kty };
}

/** The algorithm that was asked for, or the first current one that fits. */
function algorithmOf(jwk: KeyOutline, { algorithm, useType }: GeneratePlan): string {
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
  plan: GeneratePlan,
  { kid, now }: { kid: string | undefined; now: Date },
): Promise<PrivateJwk> {
  const own = { soundnessChecked: true } as const;
  const bare = await importJwk(raw, own);
  const named = kid === undefined ? makeKid(plan.keyIdType, bare, now) : kid;
  const members = { ...bare, use: useTypeToUse(plan.useType), alg: algorithmOf(bare, plan) };
  return importJwk({ ...members, ...(named !== undefined && { kid: named }) } as unknown as JsonObject, own);
}
