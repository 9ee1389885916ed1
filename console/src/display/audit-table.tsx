import { Anchor, Text } from '@mantine/core';
import { Link } from 'wouter';
import type { AuditRecord as AuditItem } from '../../../clients/typescript/src/index.ts';
import { environmentPath } from '../environments/environment-path.ts';
import { projectPath } from '../layout/project.ts';
import { auditActions, objectKindText } from './audit-words.ts';
import { DataTable, type TableColumn } from './data-table.tsx';
import { Facts } from './facts.tsx';
import { exactText } from './instants.ts';
import { Status } from './status.tsx';
import type { StatusWord } from './status-words.ts';
import { Instant } from './time.tsx';

export type { AuditItem };

/** Audit records, newest first. */
export function AuditRecordTable({
  records,
  caption,
}: {
  readonly records: readonly AuditItem[];
  readonly caption: string;
}) {
  return (
    <DataTable
      caption={caption}
      columns={columns}
      items={records}
      rowKey={({ sequence }) => String(sequence)}
    />
  );
}

const outcomes = {
  DENIED: { word: 'denied', tone: 'attention', meaning: 'The manager did not allow it.' },
  FAILURE: { word: 'failed', tone: 'problem', meaning: 'It was tried and did not succeed.' },
} as const satisfies Record<string, StatusWord>;

const columns: readonly TableColumn<AuditItem>[] = [
  { header: 'When', cell: ({ at }) => <Instant at={at} /> },
  { header: 'Who', cell: ({ actor }) => actor },
  {
    header: 'Action',
    cell: ({ action, outcome }) => (
      <>
        <span title={action}>{auditActions[action] ?? action}</span>
        {outcome !== 'SUCCESS' && (
          <div>
            <Status of={outcomes[outcome]} />
          </div>
        )}
      </>
    ),
  },
  {
    header: 'Object',
    cell: (record) => (
      <>
        <AuditedObject record={record} />{' '}
        {record.projectName !== null && record.projectName !== record.objectName && (
          <Text span c="dimmed" fz="inherit">
            in {record.projectName}
          </Text>
        )}
      </>
    ),
  },
  { header: 'Details', cell: (record) => <Details record={record} /> },
];

function AuditedObject({ record }: { readonly record: AuditItem }) {
  const path = record.action.endsWith('.delete') ? undefined : pathOf(record);
  if (path === undefined) return record.objectName;
  return (
    <Anchor component={Link} href={path} underline="always">
      {record.objectName}
    </Anchor>
  );
}

const pages: Readonly<Record<string, string>> = {
  jwk: 'jwks',
  certificate: 'certificates',
  key: 'keys',
  keystore: 'keystores',
  'key-ring': 'key-rings',
  application: 'applications',
};

/** Where the object is shown, if it still is. */
function pathOf({ objectType, objectName, projectName, details }: AuditItem): string | undefined {
  const page = pages[objectType];
  if (page !== undefined && projectName !== null) return projectPath(projectName, page, objectName);
  if (objectType === 'project') return projectPath(objectName);
  if (objectType === 'member' && projectName !== null) return projectPath(projectName);
  if (objectType === 'environment') return environmentPath(objectName);
  const { environment } = details;
  const isOfEnvironment = objectType === 'node' || objectType === 'enrollmentToken';
  return isOfEnvironment && typeof environment === 'string' ? environmentPath(environment) : undefined;
}

function Details({ record }: { readonly record: AuditItem }) {
  const { sequence, at, action, objectType, details } = record;
  const facts = Object.entries(details)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => [name, String(value)] as const);
  return (
    <details className="audit-details">
      <summary aria-label={`Details of record ${sequence}`}>Details</summary>
      <Facts
        facts={[
          ['Record', sequence],
          ['Exact time', exactText(at)],
          ['Action', <code key="action">{action}</code>],
          ['Kind of object', objectKindText(objectType)],
          ...facts,
        ]}
      />
    </details>
  );
}
