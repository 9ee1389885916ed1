import { badRequest } from '../errors.ts';
import type { GenerateRequest } from '../jwks/generate/generate-plan.ts';
import type { KeyRing } from './ring.ts';
import type { PolicyRequest } from './ring-policy.ts';

/** The policy in a request. An absent member takes its default, or stays as it is; null is a value. */
export interface RingPolicyRequest extends PolicyRequest {
  readonly environmentNames?: readonly string[] | null | undefined;
}

/** A key ring as a request describes it. */
export interface RingRequest extends RingPolicyRequest, Omit<GenerateRequest, 'kid'> {}

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
