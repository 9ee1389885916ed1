// Generate JWK: type, size, curve, algorithm, kid and validity from a request, each with its default. Rejected with the
// allowed values: other sizes, algorithms that do not fit the key, dates out of order.

import type { ProjectScope } from '../../access/caller.ts';
import type { ChangeResult } from '../../deployments/deployment-result.ts';
import { isSymmetric } from '../../jose/key-types.ts';
import { checkName } from '../../names.ts';
import { takesLongToGenerate } from '../../sources/generate-key.ts';
import { readAllowances } from '../allowances.ts';
import { insertJwk, type JwkRuleOptions, type JwkRuleStores, requireFreeName } from '../insert-jwk.ts';
import { requireUnusedKid } from '../published-kid.ts';
import { checkType, type GenerateRequest, readGeneratePlan } from './generate-plan.ts';
import { generateJwkOf, plannedAlgorithm } from './planned-key.ts';

export type GenerateJwk = (scope: ProjectScope, request: GenerateRequest) => Promise<ChangeResult>;

export function jwkGeneration(options: JwkRuleOptions): GenerateJwk {
  return async (scope, request) => {
    const name = checkName(request.name, 'JWK name');
    const kty = checkType(request.type);
    const requestedKid = request.kid === '' ? undefined : request.kid;
    const requireFreePlace = () =>
      options.store.read(async (stores) => {
        await requireFreeName(stores, scope.projectId, name);
        if (requestedKid !== undefined && !isSymmetric({ kty }))
          await refuseUsedKid(stores, scope, requestedKid);
      });
    // Before a second of CPU is spent on it. What costs nothing is made first, and the transaction checks its place; a
    // place that is taken is reported first all the same.
    const isCostly = takesLongToGenerate({ kty });
    if (isCostly) await requireFreePlace();
    const { plan, jwk } = await planned(request, { kid: requestedKid, clock: options.clock }).catch(
      async (error: unknown) => {
        if (!isCostly) await requireFreePlace();
        throw error;
      },
    );
    const { notBeforeTime, expirationTime, password } = plan;
    const source = jwk.alg?.startsWith('PBES2-') ? { ...password } : {};
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
      source,
      operations: readAllowances(request, { key: jwk, source }),
    });
  };
}

async function planned(
  request: GenerateRequest,
  { kid, clock }: { readonly kid: string | undefined; readonly clock: () => Date },
) {
  const plan = readGeneratePlan(request, clock());
  plannedAlgorithm(plan);
  return { plan, jwk: await generateJwkOf(plan, kid, clock) };
}

/** A new key is another than all that are there. */
async function refuseUsedKid(stores: JwkRuleStores, { projectId }: ProjectScope, kid: string): Promise<void> {
  const environments = await stores.environments.listReachedBy(projectId);
  if (environments.length > 0) await requireUnusedKid(stores, projectId, kid);
}
