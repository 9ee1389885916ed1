// What the doctor compares: rows with their audit records, and rows with desired state. It only reads.

import type { DeliveryKind, OperationKind, ProjectKind, PublicationKind } from '../protocol/content.ts';

/** What is deployed, or decides what is, as an operator finds it. */
export interface NamedObject {
  readonly kind:
    | ProjectKind
    | OperationKind
    | DeliveryKind
    | Exclude<PublicationKind, 'project-set'>
    | 'project'
    | 'environment';
  readonly id: string;
  readonly name: string;
  /** Empty for a project or an environment. */
  readonly projectName: string;
}

export type AgainstAudit =
  /** No record shows its creation, or the newest one shows its deletion. */
  | 'unrecorded'
  /** It remembers a newer audit record than there is. */
  | 'ahead'
  /** A record shows a later change than the row. */
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
  /** Whether the database has any object that the audit log would record. */
  hasData(): Promise<boolean>;
  /** When the youngest object of the audited kinds was created or changed. */
  youngest(): Promise<Date | undefined>;
  newestRecordAt(): Promise<Date | undefined>;
  heads(): Promise<readonly HeadFacts[]>;
  againstAudit(limit: number): Promise<readonly AuditDisagreement[]>;
  /** Objects that exist according to the audit record but are missing. */
  removed(limit: number): Promise<readonly NamedObject[]>;
  againstDesired(limit: number): Promise<readonly DesiredDisagreement[]>;
}

export interface ConsistencyStores {
  readonly consistency: ConsistencyStore;
}
