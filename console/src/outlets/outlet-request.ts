// The request that a draft of an outlet makes.

import type { NewOutlet, OutletChange } from '../../../clients/typescript/src/index.ts';
import type { OutletField } from '../../../src/outlets/kinds/outlet-field.ts';
import { unchecked } from '../api/unchecked.ts';
import { jsonOf } from '../token-profiles/profile-draft.ts';
import { kindOption } from './kind-option.ts';
import type { OutletDraft } from './outlet-draft.ts';
import { isOfCredential, kindFields } from './outlet-fields.ts';

export function outletBodyOf(draft: OutletDraft): NewOutlet {
  const { name, description, kind, content, environmentNames, gate } = draft;
  const { target, credential } = membersOf(draft);
  return unchecked<NewOutlet>({
    name,
    kind,
    ...(description !== '' && { description }),
    ...(draft.source !== '' && { source: sourceOf(draft.source) }),
    content,
    ...(environmentNames !== null && { environmentNames }),
    target,
    ...(credential && { credential }),
    ...(!gate && { gate }),
  });
}

/** @param withCredential the stored one is replaced */
export function changeOf(draft: OutletDraft, withCredential: boolean): OutletChange {
  const { description, environmentNames, gate, kind } = draft;
  const { target, credential } = membersOf(draft);
  return unchecked<OutletChange>({
    description,
    environmentNames,
    ...(kind !== '' && kindOption(kind).delivers === 'KEYS' && { gate }),
    target,
    ...(withCredential && credential && { credential }),
  });
}

function sourceOf(text: string): object {
  const [type = '', name] = text.split(' ');
  return { [type]: name };
}

interface Members {
  [name: string]: unknown;
}

/** Without a credential where the content takes none. */
function membersOf(draft: OutletDraft): { readonly target: object; readonly credential: object | undefined } {
  const fields = kindFields(draft);
  const body: { target: Members; credential: Members } = { target: {}, credential: {} };
  for (const field of fields) {
    const value = sentValue(field, draft);
    if (value !== undefined) put(body, field.member.split('.'), value);
  }
  return { target: body.target, credential: fields.some(isOfCredential) ? body.credential : undefined };
}

/** Undefined: the request goes without it. */
function sentValue({ member, input, isOptional }: OutletField, { values }: OutletDraft): unknown {
  const value = values[member] ?? '';
  if (typeof value !== 'string') return value;
  if (isOptional && value.trim() === '') return undefined;
  switch (input.type) {
    case 'LINE':
      return value.trim();
    case 'JSON':
      return jsonOf(value);
    case 'CHOICE':
      return input.isSent === false ? undefined : value;
    case 'LIST':
    case 'SECRET':
    case 'TEXT':
    case 'TOKEN_PROFILE':
      return value;
    default:
      return input satisfies never;
  }
}

function put(members: Members, [name = '', ...below]: readonly string[], value: unknown): void {
  if (below.length === 0) {
    members[name] = value;
    return;
  }
  const inner = (members[name] ?? {}) as Members;
  members[name] = inner;
  put(inner, below, value);
}
