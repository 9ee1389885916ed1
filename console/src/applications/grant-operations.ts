// Which operations the form offers for a key, and how operations are called.

import type { Grant } from '../../../clients/typescript/src/index.ts';

export type GrantedOperation = Grant['operations'][number];

export const operationNames: Readonly<Record<GrantedOperation, string>> = Object.freeze({
  SIGN: 'Sign',
  SIGN_RAW: 'Sign anything',
  VERIFY: 'Verify',
  ENCRYPT: 'Encrypt',
  DECRYPT: 'Decrypt',
  MAC: 'Compute MACs',
  ISSUE: 'Issue',
});

/** What can be granted: a key ring, a JWK outside of any, or a token profile. */
export interface Grantable {
  readonly kind: 'ring' | 'jwk' | 'profile';
  readonly name: string;
  readonly use: 'sig' | 'enc' | null;
  readonly isSecret: boolean;
}

/** The order of the form. */
const all = Object.keys(operationNames) as readonly GrantedOperation[];

export function operationsFor({ kind, use, isSecret }: Grantable): readonly GrantedOperation[] {
  if (kind === 'profile') return ['ISSUE'];
  const signs: readonly GrantedOperation[] = [
    'SIGN',
    ...(kind === 'ring' ? (['SIGN_RAW'] as const) : []),
    'VERIFY',
  ];
  const signatures: readonly GrantedOperation[] = isSecret ? [...signs, 'MAC'] : signs;
  if (use === 'sig') return signatures;
  if (use === 'enc') return ['ENCRYPT', 'DECRYPT'];
  return all.filter((one) => signatures.includes(one) || one === 'ENCRYPT' || one === 'DECRYPT');
}

/** What a new grant has. */
export function defaultOperations(grantable: Grantable): readonly GrantedOperation[] {
  const usual: readonly GrantedOperation[] = ['SIGN', 'VERIFY', 'ISSUE', 'ENCRYPT', 'DECRYPT'];
  return operationsFor(grantable).filter((one) => usual.includes(one));
}
