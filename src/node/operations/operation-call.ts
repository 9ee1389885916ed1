import type { RequestBody } from '../../operations/request-members.ts';
import type { GrantOperation } from '../../protocol/content.ts';
import type { ManagerContact } from '../lease/manager-contact.ts';
import type { SigningLease } from '../lease/signing-lease.ts';
import type { CallingApplication } from './callers/calling-application.ts';
import type { OperationTarget } from './operation-target.ts';

/** One operation: a request, or one item of it. */
export interface OperationCall {
  readonly application: CallingApplication;
  readonly target: OperationTarget;
  /** What the application may do with the target. */
  readonly granted: ReadonlySet<GrantOperation>;
  readonly body: RequestBody;
}

/** One use of a key, or a refusal to use it. */
export interface KeyUse {
  readonly applicationId: string;
  readonly jwkId: string;
  readonly operation: Exclude<GrantOperation, 'SIGN_RAW'>;
  readonly outcome: 'SUCCEEDED' | 'REFUSED';
}

/** What operations share. */
export interface OperationContext {
  /** The manager's time, milliseconds since 1970. */
  readonly now: () => number;
  readonly lease: Pick<SigningLease, 'refusal'>;
  readonly contact: Pick<ManagerContact, 'lastSeenAt' | 'whenHeard'>;
  readonly count: (use: KeyUse) => void;
  /**
   * What runs in the thread pool takes turns there: an application that signs much does not delay another. The rest runs at
   * once.
   */
  inTurn<T>(
    algorithm: { readonly runsInPool: boolean; readonly onePerCaller?: true },
    application: CallingApplication,
    run: () => T | Promise<T>,
  ): T | Promise<T>;
}

/** Members of the response, as JSON without the braces. */
export type AnswerMembers = string;
export type PerformCall = (call: OperationCall) => AnswerMembers | Promise<AnswerMembers>;

let lastSecond = { seconds: 0, text: '1970-01-01T00:00:00Z' };

/** `2026-12-01T10:07:00Z`. The last one is remembered: requests of one second have the same time in their responses. */
export function secondsText(seconds: number): string {
  if (lastSecond.seconds !== seconds) {
    lastSecond = { seconds, text: new Date(seconds * 1000).toISOString().replace('.000Z', 'Z') };
  }
  return lastSecond.text;
}
