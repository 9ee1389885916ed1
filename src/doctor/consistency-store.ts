// What the doctor compares: rows with the audit record that tells of them, and rows with desired state. It reads only.

import type { ProjectKind } from '../protocol/content.ts';

/** An object that nodes can have, as an operator finds it. */
export interface NamedObject {
  readonly kind: ProjectKind;
  readonly id: string;
  readonly name: string;
  readonly projectName: string;
}

export type AgainstAudit =
  /** No record tells that it was made, or the newest one that it was deleted. */
  | 'unrecorded'
  /** It remembers a newer audit record than there is. */
  | 'ahead'
  /** A record tells of a later change than the row has. */
  | 'behind';

export interface AuditDisagreement extends NamedObject {
  readonly how: AgainstAudit;
}

export interface DesiredDisagreement {
  readonly kind: string;
  readonly objectId: string;
  readonly environmentName: string;
  /** `unwanted`: desired and not there; `missing`: there and not desired. */
  readonly how: 'unwanted' | 'missing';
}

export interface HeadFacts {
  readonly environmentId: string;
  readonly environmentName: string;
  readonly revision: number;
  readonly digest: Buffer;
  /** Of the newest audit record when it moved last. */
  readonly auditSequence: number;
  /** The highest of its rows. */
  readonly highestRow: number;
}

export interface ConsistencyStore {
  /** Whether anything is there of which the audit record tells. */
  hasData(): Promise<boolean>;
  /** When the youngest object was made or changed, of all kinds that the audit record tells of. */
  youngest(): Promise<Date | undefined>;
  newestRecordAt(): Promise<Date | undefined>;
  heads(): Promise<readonly HeadFacts[]>;
  againstAudit(limit: number): Promise<readonly AuditDisagreement[]>;
  /** What the audit record says is there, and is not. */
  removed(limit: number): Promise<readonly NamedObject[]>;
  againstDesired(limit: number): Promise<readonly DesiredDisagreement[]>;
}

export interface ConsistencyNouns {
  readonly consistency: ConsistencyStore;
}
