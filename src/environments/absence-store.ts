export interface AbsentNode {
  readonly id: string;
  readonly environmentId: string;
  readonly name: string;
  readonly lastSeenAt: Date;
}

export interface AbsenceStatus {
  /** An absence was reported and is not over, as far as that was looked for. */
  readonly hasReported: boolean;
  /**
   * Until the next absence can be reported; not positive where one may be due, null where no node can be absent. Commits only
   * move it away, except that of `forgetReturned`.
   */
  readonly dueInMs: number | null;
}

/** Which absences of nodes were reported. */
export interface AbsenceStore {
  status(absentAfterMs: number): Promise<AbsenceStatus>;
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
