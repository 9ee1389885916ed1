import type { AuditRecord } from '../../../clients/typescript/src/index.ts';
import { shortTime, textTable } from './table.ts';

export function auditTable(items: readonly AuditRecord[]): string {
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
