// What a target and a credential consist of, as plain values: the description of the API, flags of the command line and the form
// of the console come from them. Whether a value is right is decided by `readTarget` and `readCredential` of the kind.

import type { OutletContent } from '../content/outlet-content.ts';

/** Side by side; a row of one field has the whole width. */
export type OutletFieldRow = readonly OutletField[];

interface Field {
  readonly label: string;
  readonly description?: string;
  readonly placeholder?: string;
  readonly input: OutletInput;
  /** It is left out of the request where it is empty. */
  readonly isOptional?: true;
  /** Only with these contents; absent: with all. */
  readonly contents?: readonly OutletContent[];
  /** Only where this field has this value. */
  readonly when?: { readonly member: OutletMember; readonly is: string };
}

type TargetMember = `target.${string}`;
type CredentialMember = `credential.${string}`;
export type OutletMember = TargetMember | CredentialMember;

/** Members of a credential have no flag: other users of a machine can read the arguments of a process. */
export type OutletField =
  | (Field & { readonly member: CredentialMember })
  | (Field & { readonly member: TargetMember; readonly flag?: OutletFlag });

export interface OutletFlag {
  /** `path` of `--path`; no two kinds have one in common. */
  readonly name: string;
  /** Such as `PATH`; of a choice, its options are its values. */
  readonly argument: string;
  readonly text: string;
}

export type OutletInput =
  | { readonly type: 'LINE' }
  /** Never shown once it is stored. `variable` stands for it where a request is shown. */
  | { readonly type: 'SECRET'; readonly variable: string }
  /** Several lines. JSON is sent as what it says. */
  | { readonly type: 'TEXT' | 'JSON'; readonly minRows: number }
  /** The first is preset. What is not sent only chooses which fields there are. */
  | { readonly type: 'CHOICE'; readonly options: readonly OutletOption[]; readonly isSent?: false }
  | { readonly type: 'LIST'; readonly options: readonly string[]; readonly clearLabel: string }
  /** The name of a token profile of the project. */
  | { readonly type: 'TOKEN_PROFILE' };

export interface OutletOption {
  readonly value: string;
  readonly label: string;
}

/** Which fields there are with a content; some also depend on the value of another. */
export function fieldsWith(rows: readonly OutletFieldRow[], content: OutletContent): readonly OutletField[] {
  return rows.flat().filter(({ contents }) => contents === undefined || contents.includes(content));
}
