import type { AuditRecord } from '../../../clients/typescript/src/index.ts';
import { exactTimeText } from '../../runtime/time-text.ts';
import { type OutputColumn, showList } from './output.ts';
import type { OutputFlags } from './output-format.ts';
import { textTable } from './table.ts';

const columns: readonly OutputColumn<AuditRecord>[] = [
  { head: 'NUMBER', isWide: true, value: ({ sequence }) => sequence },
  { head: 'TIME', value: ({ at }) => exactTimeText(at) },
  { head: 'ACTOR', value: ({ actor }) => actor },
  { head: 'ACTION', value: ({ action }) => action },
  { head: 'OBJECT TYPE', isWide: true, value: ({ objectType }) => objectType },
  { head: 'OBJECT', value: ({ objectName }) => objectName },
  { head: 'PROJECT', value: ({ projectName }) => projectName },
  { head: 'OUTCOME', value: ({ outcome }) => outcome },
  { head: 'DETAILS', value: ({ details }) => detailsText(details) },
];

function detailsText(details: AuditRecord['details']): string {
  return Object.entries(details)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}

export function auditTable(records: readonly AuditRecord[]): string {
  const shown = columns.filter(({ isWide }) => !isWide);
  return textTable(
    shown.map(({ head }) => head),
    records.map((record) => shown.map(({ value }) => value(record))),
  );
}

export function showAudit(flags: OutputFlags, answer: { readonly resultList: readonly AuditRecord[] }): void {
  showList(flags, answer, { columns, name: ({ sequence }) => String(sequence) });
}
