// The words for key rings and their keys.

import type { StatusWord } from '../display/status-words.ts';
import type { KeyRing, MemberState, RingState, Transition } from './ring-types.ts';

export const ringStatuses = {
  STEADY: { word: 'steady', tone: 'good', meaning: 'One key is active, and nothing is due.' },
  ROTATING: {
    word: 'rotating',
    tone: 'quiet',
    meaning: 'A rotation is due or requested; the next key is activated as soon as verifiers know it.',
  },
  BLOCKED: {
    word: 'blocked',
    tone: 'attention',
    meaning: 'A rotation is due or requested, and a node has not confirmed. The active key stays active.',
  },
  HELD: {
    word: 'held',
    tone: 'attention',
    meaning: 'Scheduled rotation is suspended until it is resumed. Keys still retire.',
  },
  REVOKING: {
    word: 'revoking',
    tone: 'problem',
    meaning: 'A key is revoked, and a node or a cache may still have it.',
  },
} as const satisfies Record<RingState, StatusWord>;

export const lateStatus = {
  word: 'late',
  tone: 'problem',
  meaning: 'A rotation has been due for more than a tenth of the rotation interval.',
} as const satisfies StatusWord;

export const memberStatuses = {
  STAGED: { word: 'staged', tone: 'quiet', meaning: 'Published, but not yet confirmed by every node.' },
  NEXT: {
    word: 'next',
    tone: 'quiet',
    meaning: 'Published on every node. It signs once verifiers know it and the rotation is due.',
  },
  ACTIVE: { word: 'active', tone: 'good', meaning: 'Signs. Every ring has exactly one active key.' },
  RETIRING: {
    word: 'retiring',
    tone: 'quiet',
    meaning: 'Signs no more, and stays published until its last token has expired.',
  },
  RETIRED: { word: 'retired', tone: 'quiet', meaning: 'No longer published; its tokens are rejected.' },
  REVOKED: {
    word: 'revoked',
    tone: 'problem',
    meaning: 'Withdrawn at once, and listed among the historical keys with the reason.',
  },
} as const satisfies Record<MemberState, StatusWord>;

/** An ENCRYPTION ring publishes one key only; an OCT ring publishes none. */
export function memberMeaning(state: MemberState, ring: Pick<KeyRing, 'type' | 'use'>): string {
  const isPublic = ring.use === 'sig' && ring.type !== 'OCT';
  return isPublic ? memberStatuses[state].meaning : hiddenMeanings[state];
}

const hiddenMeanings: Readonly<Record<MemberState, string>> = {
  STAGED: 'On its way to the nodes, and not yet confirmed by every node.',
  NEXT: 'On every node. It is used once the rotation is due.',
  ACTIVE: 'In use. Every ring has exactly one active key.',
  RETIRING: 'Used for nothing new. Nodes keep it for what was made with it before.',
  RETIRED: 'No node has it any more.',
  REVOKED: memberStatuses.REVOKED.meaning,
};

type HoldCause = NonNullable<KeyRing['heldBecause']>;

export const holdTexts: Readonly<Record<HoldCause, string>> = {
  REQUESTED: 'Rotation is held on request.',
  ROLLBACK: 'Rotation is held since a rollback: an earlier key is active again.',
  RESTORED: 'Rotation is held since a backup was restored. Check that the active key is the right one.',
};

export const revocationReasonWords = {
  COMPROMISED: 'Compromised: someone else may have it',
  SUPERSEDED: 'Superseded: replaced by another key',
  UNSPECIFIED: 'Unspecified',
} as const;

export type RevocationReason = keyof typeof revocationReasonWords;

const transitionTexts: Readonly<Record<MemberState, string>> = {
  STAGED: 'is created and published',
  NEXT: 'is confirmed by every node',
  ACTIVE: 'becomes active',
  RETIRING: 'starts to retire',
  RETIRED: 'is retired',
  REVOKED: 'is revoked',
};

/** `Key 3 becomes active` */
export function transitionText({ version, to }: Pick<Transition, 'version' | 'to'>): string {
  return `Key ${version} ${transitionTexts[to]}`;
}
