export interface AbsentNode {
  readonly id: string;
  readonly environmentId: string;
  readonly name: string;
  readonly lastSeenAt: Date;
}

/** Which absences of nodes were reported. */
export interface AbsenceStore {
  /** Nodes that were seen once, are connected to no manager for `absentAfterMs`, and whose absence was not reported. */
  unreported(absentAfterMs: number, limit: number): Promise<readonly AbsentNode[]>;
  isUnreported(nodeId: string, absentAfterMs: number): Promise<boolean>;
  report(nodeId: string, at: Date): Promise<void>;
  /** Whether a node is connected again whose absence was reported. */
  hasReturned(): Promise<boolean>;
  /** Their next absence is reported again. */
  forgetReturned(): Promise<void>;
}

export interface AbsenceStores {
  readonly absences: AbsenceStore;
}
