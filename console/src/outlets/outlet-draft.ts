// An outlet as it is typed.

import type { Outlet, OutletContent, OutletKind } from '../../../clients/typescript/src/index.ts';
import type { OutletField, OutletMember } from '../../../src/outlets/kinds/outlet-field.ts';
import { outletKindOptions } from '../../../src/outlets/kinds/outlet-kind-options.ts';
import { kindOption } from './kind-option.ts';
import type { OutletSourceKind } from './outlet-words.ts';

export interface OutletDraft {
  readonly name: string;
  readonly description: string;
  readonly kind: OutletKind | '';
  readonly content: OutletContent;
  /** `keyRingName orders`; empty: the project's set. */
  readonly source: string;
  /** Null: all. */
  readonly environmentNames: readonly string[] | null;
  readonly gate: boolean;
  /** Of target and credential: text, or a list of it; of all kinds, so that what they have in common stays. */
  readonly values: Readonly<Partial<Record<OutletMember, string | readonly string[]>>>;
}

export const newOutletDraft: OutletDraft = Object.freeze({
  name: '',
  description: '',
  kind: '',
  content: 'JWKS',
  source: '',
  environmentNames: null,
  gate: true,
  values: Object.fromEntries(
    outletKindOptions.flatMap(({ fields }) => fields.flat().map((field) => [field.member, presetOf(field)])),
  ),
});

function presetOf({ input }: OutletField): string | readonly string[] {
  if (input.type === 'LIST') return [];
  return input.type === 'CHOICE' ? (input.options[0]?.value ?? '') : '';
}

type Sources = readonly (OutletSourceKind | 'project')[];

export function contentNames(kind: OutletKind): readonly OutletContent[] {
  return kindOption(kind).contents.map(({ content }) => content);
}

export function sourcesOf({ kind, content }: Pick<OutletDraft, 'kind' | 'content'>): Sources {
  if (kind === '') return [];
  return kindOption(kind).contents.find((one) => one.content === content)?.sources ?? [];
}

/** Another kind or content takes other sources: one that it does not take is chosen no longer. */
export function withContent(draft: OutletDraft, kind: OutletKind, content: OutletContent): OutletDraft {
  const [type = 'project'] = draft.source === '' ? [] : draft.source.split(' ');
  const fits = sourcesOf({ kind, content }).some((one) => one === type);
  return { ...draft, kind, content, source: fits ? draft.source : '' };
}

/** What an outlet is now, without its credential, which is never shown. */
export function outletDraftOf({
  name,
  description,
  kind,
  content,
  environmentNames,
  gate,
  target,
}: Outlet): OutletDraft {
  const fields = kindOption(kind).fields.flat();
  const stored = fields.map((field) => [field.member, storedValue(field, { fields, given: { target } })]);
  return {
    ...newOutletDraft,
    name,
    description: description ?? '',
    kind,
    content,
    environmentNames,
    gate,
    values: { ...newOutletDraft.values, ...Object.fromEntries(stored) },
  };
}

function storedValue(
  field: OutletField,
  { fields, given }: { readonly fields: readonly OutletField[]; readonly given: object },
): string | readonly string[] {
  const { input, member } = field;
  const value = memberOf(given, member);
  switch (input.type) {
    case 'LIST':
      return Array.isArray(value) ? value.map(String) : [];
    case 'JSON':
      return value === undefined ? '' : JSON.stringify(value, null, 2);
    case 'CHOICE': {
      if (typeof value === 'string') return value;
      // What is not stored itself is known by the fields that it brings.
      const brought = fields.find(
        (one) => one.when?.member === member && memberOf(given, one.member) !== undefined,
      );
      return brought?.when?.is ?? presetOf(field);
    }
    case 'LINE':
    case 'SECRET':
    case 'TEXT':
    case 'TOKEN_PROFILE':
      return typeof value === 'string' ? value : '';
    default:
      return input satisfies never;
  }
}

/** @param path `target.afterChange.signal` */
function memberOf(given: object, path: string): unknown {
  let value: unknown = given;
  for (const name of path.split('.')) {
    value =
      typeof value === 'object' && value !== null ? new Map(Object.entries(value)).get(name) : undefined;
  }
  return value;
}
