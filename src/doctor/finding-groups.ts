import type { Finding, FindingSeverity, FindingTopic } from './finding.ts';

/** Findings of one kind, for a reader who wants to know how many there are and what to do about all of them. */
export interface FindingGroup {
  readonly severity: FindingSeverity;
  readonly topic: FindingTopic;
  readonly summary: string;
  readonly count: number;
  readonly problems: readonly string[];
  /** Of all, each once. */
  readonly advice: readonly string[];
}

/** Errors first; otherwise in the order of the findings. */
export function groupFindings(findings: readonly Finding[]): readonly FindingGroup[] {
  const groups = Map.groupBy(findings, ({ topic, severity, summary }) => `${severity} ${topic} ${summary}`);
  const all = [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { severity, topic, summary } = first;
    const problems = group.map(({ problem }) => problem);
    const advice = [...new Set(group.map((one) => one.advice))];
    return [{ severity, topic, summary, count: group.length, problems, advice }];
  });
  return [...all.filter(isError), ...all.filter((group) => !isError(group))];
}

function isError({ severity }: { readonly severity: FindingSeverity }): boolean {
  return severity === 'error';
}
