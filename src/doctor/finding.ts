// What the doctor reports: a problem and its remedy. Never a secret, and of the database only names.

export type FindingTopic =
  | 'settings'
  | 'database'
  | 'seals'
  | 'integrity'
  | 'audit'
  | 'managers'
  | 'nodes'
  | 'keys'
  | 'rings'
  | 'applications'
  | 'sources'
  | 'outlets'
  | 'machine';

/** `error`: the installation is damaged or does not work as it should. `warning`: it works, and needs attention. */
export type FindingSeverity = 'error' | 'warning';

export interface Finding {
  readonly topic: FindingTopic;
  readonly severity: FindingSeverity;
  /** What findings of this kind have in common. Those with the same summary form one group. */
  readonly summary: string;
  readonly problem: string;
  /** The same in a group, so that it is given once. */
  readonly advice: string;
}

/** What was examined, also where nothing was wrong. */
export interface Examination {
  readonly findings: readonly Finding[];
  readonly looked: Readonly<Record<string, string | number>>;
}

/** The advice where data was changed outside keyplane. */
export const foreignWrite =
  'Another program wrote to the database. Compare with a backup, and find out who has access.';
