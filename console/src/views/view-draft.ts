// A view as it is edited, and the requests that it makes.

import type { NewView, View } from '../../../clients/typescript/src/index.ts';
import { unchecked } from '../api/unchecked.ts';

/** An empty list is no criterion. */
export interface SelectionDraft {
  readonly keyTypes: readonly string[];
  readonly algorithms: readonly string[];
  readonly uses: readonly string[];
  readonly keyRingNames: readonly string[];
  readonly jwkNames: readonly string[];
}

export interface ViewDraft {
  readonly name: string;
  readonly description: string;
  readonly include: SelectionDraft;
  readonly exclude: SelectionDraft;
}

const nothing: SelectionDraft = Object.freeze({
  keyTypes: [],
  algorithms: [],
  uses: [],
  keyRingNames: [],
  jwkNames: [],
});

export const newViewDraft: ViewDraft = Object.freeze({
  name: '',
  description: '',
  include: nothing,
  exclude: nothing,
});

export function viewDraftOf({ name, description, include, exclude }: View): ViewDraft {
  return {
    name,
    description: description ?? '',
    include: selectionDraft(include),
    exclude: selectionDraft(exclude),
  };
}

function selectionDraft(selection: View['include']): SelectionDraft {
  if (selection === null) return nothing;
  const { keyTypes = [], algorithms = [], uses = [], keyRingNames = [], jwkNames = [] } = selection;
  return { keyTypes, algorithms, uses, keyRingNames, jwkNames };
}

/** @param isNew what a new view does not have is left out; of another one it is taken away */
export function viewBodyOf(draft: ViewDraft, isNew: boolean): NewView {
  const { name, description } = draft;
  const include = selectionOf(draft.include);
  const exclude = selectionOf(draft.exclude);
  if (!isNew) return unchecked<NewView>({ description, include: include ?? null, exclude: exclude ?? null });
  return {
    name,
    ...(description !== '' && { description }),
    ...(include && { include }),
    ...(exclude && { exclude }),
  };
}

function selectionOf(draft: SelectionDraft): Partial<Record<keyof SelectionDraft, string[]>> | undefined {
  const given = Object.entries(draft).filter(([, list]) => list.length > 0);
  return given.length === 0 ? undefined : Object.fromEntries(given.map(([name, list]) => [name, [...list]]));
}
