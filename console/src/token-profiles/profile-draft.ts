// A token profile as it is typed, and the requests that it makes.

import type { NewTokenProfile, TokenProfile } from '../../../clients/typescript/src/index.ts';
import { parseDuration } from '../../../src/iso-duration.ts';
import { unchecked } from '../api/unchecked.ts';
import { isoOf, policyUnits, type Quantity, quantityOf } from '../quantity/quantity.ts';

/** Lists have one item on each line; `fixed` and `schema` are JSON. */
export interface ProfileDraft {
  readonly name: string;
  readonly description: string;
  readonly keyRingName: string;
  readonly issuer: string;
  readonly audiences: string;
  readonly audienceMode: TokenProfile['audienceMode'];
  readonly lifetime: Quantity;
  readonly maxLifetime: Quantity;
  readonly notBeforeOffset: string;
  readonly tokenType: string;
  readonly subjectMode: TokenProfile['subject']['mode'];
  readonly subject: string;
  readonly fixed: string;
  readonly allowed: string;
  readonly required: string;
  readonly schema: string;
  /** `ring NAME`, `jwk NAME`, or empty. */
  readonly encryptTo: string;
  readonly enc: string;
}

export const newProfileDraft: ProfileDraft = Object.freeze({
  name: '',
  description: '',
  keyRingName: '',
  issuer: '',
  audiences: '',
  audienceMode: 'FIXED',
  lifetime: { amount: '5', unit: 'min' },
  maxLifetime: { amount: '', unit: 'min' },
  notBeforeOffset: '',
  tokenType: 'JWT',
  subjectMode: 'FROM_CALLER',
  subject: '',
  fixed: '',
  allowed: '',
  required: '',
  schema: '',
  encryptTo: '',
  enc: '',
});

export function profileDraftOf(profile: TokenProfile): ProfileDraft {
  const { subject, claims, encryptTo } = profile;
  return {
    name: profile.name,
    description: profile.description ?? '',
    keyRingName: profile.keyRingName,
    issuer: profile.issuer,
    audiences: profile.audiences.join('\n'),
    audienceMode: profile.audienceMode,
    lifetime: lengthOf(profile.lifetime),
    maxLifetime: lengthOf(profile.maxLifetime),
    notBeforeOffset: profile.notBeforeOffset ?? '',
    tokenType: profile.tokenType,
    subjectMode: subject.mode,
    subject: subject.value ?? subject.pattern ?? '',
    fixed: Object.keys(claims.fixed).length === 0 ? '' : JSON.stringify(claims.fixed, null, 2),
    allowed: claims.allowed.join('\n'),
    required: claims.required.join('\n'),
    schema: claims.schema === null ? '' : JSON.stringify(claims.schema, null, 2),
    encryptTo: encryptTo === null ? '' : targetText(encryptTo),
    enc: encryptTo?.enc ?? '',
  };
}

function lengthOf(iso: string): Quantity {
  return quantityOf(parseDuration(iso) ?? 0, policyUnits);
}

function targetText({ keyRingName, jwkName }: NonNullable<TokenProfile['encryptTo']>): string {
  return keyRingName === undefined ? `jwk ${jwkName}` : `ring ${keyRingName}`;
}

/** The whole profile; with null where it has nothing. JSON that cannot be read goes as text: the manager rejects it. */
export function profileBodyOf(draft: ProfileDraft): NewTokenProfile {
  const { notBeforeOffset, encryptTo, maxLifetime } = draft;
  const schema = jsonOf(draft.schema);
  return unchecked<NewTokenProfile>({
    name: draft.name,
    description: draft.description,
    keyRingName: draft.keyRingName,
    issuer: draft.issuer.trim(),
    audiences: linesOf(draft.audiences),
    audienceMode: draft.audienceMode,
    lifetime: isoOf(draft.lifetime),
    maxLifetime: maxLifetime.amount === '' ? isoOf(draft.lifetime) : isoOf(maxLifetime),
    notBeforeOffset: notBeforeOffset.trim() === '' ? null : notBeforeOffset.trim(),
    tokenType: draft.tokenType.trim(),
    subject: subjectOf(draft),
    claims: {
      fixed: jsonOf(draft.fixed) ?? {},
      allowed: linesOf(draft.allowed),
      required: linesOf(draft.required),
      ...(schema !== undefined && { schema }),
    },
    encryptTo: encryptTo === '' ? null : targetOf(encryptTo, draft.enc),
  });
}

function subjectOf({ subjectMode: mode, subject }: ProfileDraft): TokenProfile['subject'] | object {
  switch (mode) {
    case 'FIXED':
      return { mode, value: subject };
    case 'FROM_CALLER':
      return { mode };
    case 'GIVEN':
      return { mode, ...(subject !== '' && { pattern: subject }) };
    default:
      return mode satisfies never;
  }
}

function targetOf(text: string, enc: string): object {
  const [kind, name] = text.split(' ');
  return { [kind === 'ring' ? 'keyRingName' : 'jwkName']: name, ...(enc !== '' && { enc }) };
}

function linesOf(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** Undefined where nothing is typed. */
export function jsonOf(text: string): unknown {
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
