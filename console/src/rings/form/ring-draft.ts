// What the form of a new key ring holds, and the request of it.

import type { UseType } from '../../../../clients/typescript/src/index.ts';
import type { KeyTypeName } from '../../../../src/jose/key-types.ts';
import { algorithmsOf, generatedKind, generatedKinds } from '../../jwk-form/generated-kinds.ts';
import { usageOf } from '../../jwk-form/request.ts';
import type { RingKind } from '../policy/planned.ts';
import { defaultPolicy, newPolicy, type PolicyDraft } from '../policy/policy-draft.ts';

export interface NewRingDraft {
  readonly name: string;
  readonly description: string;
  readonly type: KeyTypeName;
  /** Bits, or the name of a curve as the API takes it. */
  readonly variant: string;
  /** Empty: the first that fits. */
  readonly useType: UseType | '';
  readonly algorithm: string;
  readonly keyIdType: RingKeyIdType;
  readonly policy: PolicyDraft;
}

export const ringKeyIdTypes = {
  SHA256: 'SHA-256 thumbprint (default)',
  SHA1: 'SHA-1 thumbprint',
  TIMESTAMP: 'Timestamp',
  ISO_DATE: 'Date and time',
} as const;

export type RingKeyIdType = keyof typeof ringKeyIdTypes;

/** A curve that every JOSE library knows, with the shortest signatures of those. */
const usualCurve = 'P256';

export const emptyRing: NewRingDraft = {
  name: '',
  description: '',
  type: kindWith(usualCurve),
  variant: usualCurve,
  useType: '',
  algorithm: '',
  keyIdType: 'SHA256',
  policy: defaultPolicy,
};

function kindWith(variant: string): NewRingDraft['type'] {
  const kind = generatedKinds.find(({ generate }) =>
    generate.variants.some(({ value }) => value === variant),
  );
  if (kind === undefined) throw new TypeError(`no key type has ${variant}`);
  return kind.name;
}

export interface RingKeyDraft {
  /** `EC P256`: type and variant. */
  readonly value: string;
  readonly label: string;
}

/** Every key type with each of its sizes or curves, by type. */
export const keyChoices: readonly { readonly group: string; readonly items: readonly RingKeyDraft[] }[] =
  generatedKinds.map(({ name, generate }) => ({
    group: generate.label,
    items: generate.variants.map(({ value, label }) => ({
      value: choiceOf({ type: name, variant: value }),
      label: `${name} ${label}`,
    })),
  }));

export function choiceOf({ type, variant }: Pick<NewRingDraft, 'type' | 'variant'>): string {
  return `${type} ${variant}`;
}

export function chosen(choice: string): Pick<NewRingDraft, 'type' | 'variant' | 'useType' | 'algorithm'> {
  const [type = '', variant = ''] = choice.split(' ');
  return { type: generatedKind(type).name, variant, useType: '', algorithm: '' };
}

export function usageOfRing(draft: NewRingDraft) {
  const algorithms = algorithmsOf(draft.type, draft.variant);
  return { algorithms, ...usageOf(draft, algorithms) };
}

export function kindOf(draft: NewRingDraft): RingKind {
  if (draft.type === 'OCT') return 'OCT';
  return usageOfRing(draft).useType;
}

export function newRingBody(draft: NewRingDraft) {
  const { name, description, type, variant, keyIdType } = draft;
  const { member, generate } = generatedKind(type);
  const { useType, algorithm } = usageOfRing(draft);
  return {
    name: name.trim(),
    ...(description.trim() !== '' && { description: description.trim() }),
    type,
    [member]: {
      [generate.parameter]: generate.parameter === 'keySize' ? Number(variant) : variant,
      keyUseType: useType,
      ...(algorithm !== '' && { algorithm }),
      ...(keyIdType !== 'SHA256' && { keyIdType }),
    },
    ...newPolicy(draft.policy),
  };
}

export type RingField = 'name' | 'description' | 'type' | 'useType' | 'algorithm' | 'keyIdType';

const membersOfType = (parameter: string) => generatedKinds.map(({ member }) => `${member}.${parameter}`);

/** Fields to the members of the request. */
export const ringFields: readonly (readonly [RingField, ...members: readonly string[]])[] = [
  ['name'],
  ['description'],
  ['type', ...membersOfType('keySize'), ...membersOfType('curveType')],
  ['useType', 'keyUseType', ...membersOfType('keyUseType')],
  ['algorithm', ...membersOfType('algorithm')],
  ['keyIdType', ...membersOfType('keyIdType')],
];
