import { shortTime, textTable } from './table.ts';

interface AuditItem {
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly objectName: string;
  readonly projectName: string | null;
  readonly outcome: string;
  readonly details: Readonly<Record<string, unknown>>;
}

export function auditTable(items: readonly AuditItem[]): string {
  return textTable(
    ['AT', 'ACTOR', 'ACTION', 'OBJECT', 'PROJECT', 'OUTCOME', 'DETAILS'],
    items.map((item) => [
      ...[shortTime(item.at), item.actor, item.action, item.objectName, item.projectName, item.outcome],
      Object.entries(item.details)
        .map(([name, value]) => `${name}=${value}`)
        .join(' '),
    ]),
  );
}
