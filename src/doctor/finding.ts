// What the doctor says: what is wrong, and what to do about it. Never a secret, and of the database only names.

export type FindingTopic =
  | 'settings'
  | 'database'
  | 'seals'
  | 'integrity'
  | 'audit'
  | 'managers'
  | 'nodes'
  | 'keys'
  | 'sources'
  | 'machine';

export interface Finding {
  readonly topic: FindingTopic;
  readonly problem: string;
  readonly advice: string;
}

/** What was looked at, also where nothing was wrong. */
export interface Examination {
  readonly findings: readonly Finding[];
  readonly looked: Readonly<Record<string, string | number>>;
}
