import type { AuditRecord, Operations } from '../../../clients/typescript/src/index.ts';
import { keyplane } from '../api/keyplane.ts';
import { downloadFile } from '../display/download.ts';

type AuditQuery = Operations['listAudit']['input'];

const pageSize = 100;
/** More than that is a task for the API, page by page. */
export const mostExported = 10_000;

/** Writes the records that fit the filters to a file, newest first. @returns how many */
export async function exportAudit(filters: AuditQuery, format: 'csv' | 'json'): Promise<number> {
  const records: AuditRecord[] = [];
  for (let page = 1; records.length < mostExported; page++) {
    const { resultList, resultCount } = await keyplane.listAudit({
      ...filters,
      page: String(page),
      size: String(pageSize),
    });
    records.push(...resultList);
    if (resultList.length < pageSize || records.length >= resultCount) break;
  }
  if (format === 'json') {
    downloadFile('keyplane-audit.json', 'application/json', `${JSON.stringify(records, null, 2)}\n`);
  } else {
    downloadFile('keyplane-audit.csv', 'text/csv', csvOf(records));
  }
  return records.length;
}

const columns = [
  'sequence',
  'at',
  'actor',
  'action',
  'outcome',
  'objectType',
  'objectName',
  'projectName',
] as const;

function csvOf(records: readonly AuditRecord[]): string {
  const rows = records.map((record) => [
    ...columns.map((column) => String(record[column] ?? '')),
    JSON.stringify(record.details),
  ]);
  return [[...columns, 'details'], ...rows].map((row) => `${row.map(csvCell).join(',')}\r\n`).join('');
}

/** RFC 4180; what a spreadsheet would run as a formula gets a quote before it, for names come from requests. */
function csvCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
