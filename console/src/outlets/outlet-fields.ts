// Which member of a request each field of the form edits, and which fields there are.

import { fieldsWith, type OutletField, type OutletMember } from '../../../src/outlets/kinds/outlet-field.ts';
import type { FieldErrors } from '../display/form/field-errors.ts';
import { kindOption } from './kind-option.ts';
import type { OutletDraft } from './outlet-draft.ts';

const common = [
  ['name'],
  ['kind'],
  ['description'],
  ['content'],
  ['environmentNames'],
  ['gate'],
  [
    'source',
    'source.keyRingName',
    'source.jwkName',
    'source.viewName',
    'source.certificateName',
    'source.tokenProfileName',
  ],
] as const;
export type Field = (typeof common)[number][0] | OutletMember;

/** Those of the kind that its content and its choices bring. */
export function kindFields({ kind, content, values }: OutletDraft): readonly OutletField[] {
  if (kind === '') return [];
  return fieldsWith(kindOption(kind).fields, content).filter(
    ({ when }) => when === undefined || values[when.member] === when.is,
  );
}

export function shownFields(draft: OutletDraft): readonly (readonly [Field, ...string[]])[] {
  return [...common, ...kindFields(draft).map(({ member }) => [member] as const)];
}

export function isOfCredential({ member }: OutletField): boolean {
  return member.startsWith('credential.');
}

export interface PartProps {
  readonly projectName: string;
  readonly draft: OutletDraft;
  readonly set: (changes: Partial<OutletDraft>) => void;
  readonly errors: FieldErrors<Field>;
  /** False: the stored credential stays as it is. */
  readonly withCredential: boolean;
}
