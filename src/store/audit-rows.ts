// Rows of the audit record: the chain, records that are still open, and where both are.

export interface AuditRecordRow {
  sequence: number;
  at: number;
  actor: string;
  action: string;
  object_type: string;
  object_id: string | null;
  object_name: string;
  project_name: string | null;
  outcome: 'SUCCESS' | 'DENIED' | 'FAILURE';
  details: string;
  hash: Buffer;
  /** Both null where the record was never open. */
  lane: string | null;
  lane_number: number | null;
}

export interface AuditOpenRow extends Omit<AuditRecordRow, 'sequence' | 'hash' | 'lane' | 'lane_number'> {
  lane: string;
  lane_number: number;
  ticket: number;
  position: number;
  mac: Buffer;
}

export interface AuditLaneRow {
  lane: string;
  /** Of its newest record that was ever open. */
  number: number;
  mac: Buffer;
}

export interface AuditHeadRow {
  /** Always 1: the table has one row. */
  id: number;
  sequence: number;
  mark: Buffer;
}
