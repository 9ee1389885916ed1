import { reachedEnvironment } from '../environments/reached-environment.ts';
import { badRequest } from '../errors.ts';
import type { GenerateRequest } from '../jwks/generate/generate-plan.ts';
import type { KeyRing, RingPolicy } from './ring.ts';
import type { PolicyRequest } from './ring-policy.ts';
import type { RingRuleStores } from './ring-rules.ts';

/** The policy in a request. An absent member takes its default, or stays as it is; null is a value. */
export interface RingPolicyRequest extends PolicyRequest {
  readonly environmentNames?: readonly string[] | null | undefined;
}

/** A key ring as a request describes it. */
export interface RingRequest extends RingPolicyRequest, Omit<GenerateRequest, 'kid'> {}

/** @throws KeyplaneError `bad_request` for one that the project does not reach */
export async function readEnvironmentIds(
  stores: RingRuleStores,
  projectId: string,
  names: readonly string[] | null,
): Promise<RingPolicy['environmentIds']> {
  if (names === null) return null;
  if (names.length === 0) {
    throw badRequest('environmentNames can not be empty! Leave it out for all that the project reaches', {
      reason: 'FIELD_NOT_VALID',
      member: 'environmentNames',
    });
  }
  const ids: string[] = [];
  for (const name of new Set(names)) {
    ids.push((await reachedEnvironment(stores, projectId, name, 'environmentNames')).id);
  }
  return ids;
}

/** Nodes of SIGNATURE rings may do without private keys. @throws KeyplaneError `bad_request` */
export function requireKeyHolder(
  { name, type, use }: Pick<KeyRing, 'name' | 'type' | 'use'>,
  nodes: readonly { readonly privateKeys: boolean }[],
): void {
  if (type !== 'OCT' && use === 'sig') return;
  if (nodes.some(({ privateKeys }) => privateKeys)) return;
  throw badRequest(
    `Key ring (name: ${name}) needs a node that may hold private keys, and its environments have none!`,
    { reason: 'POLICY_NOT_VALID', member: 'environmentNames' },
  );
}
