import type { Operations } from '../../../clients/typescript/src/index.ts';

export type KeyRing = Operations['getKeyRing']['answer']['resultList'][number];
export type Member = KeyRing['members'][number];
export type MemberState = Member['state'];
export type RingState = KeyRing['state'];
export type Waiting = KeyRing['waitingFor'][number];
export type Transition = Operations['getKeyRingTimeline']['answer']['resultList'][number];
export type Revocation = Operations['getRevocation']['answer'];

/** Which key ring a page is about. */
export interface RingRef {
  readonly projectName: string;
  readonly ringName: string;
}
