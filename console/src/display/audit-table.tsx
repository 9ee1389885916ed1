import { Badge, Table, Text } from '@mantine/core';
import type { AuditRecord as AuditItem } from '../../../clients/typescript/src/index.ts';
import { Time } from './time.tsx';

export type { AuditItem };

/** Who did what to which object, newest first. */
export function AuditTable({
  records,
  caption,
}: {
  readonly records: readonly AuditItem[];
  readonly caption: string;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reachable by keyboard
    <section className="wide" tabIndex={0} aria-label={caption}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">When</Table.Th>
            <Table.Th scope="col">Who</Table.Th>
            <Table.Th scope="col">What</Table.Th>
            <Table.Th scope="col">Object</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {records.map((record) => (
            <Table.Tr key={record.sequence}>
              <Table.Td>
                <Time at={record.at} />
              </Table.Td>
              <Table.Td className="whole">{record.actor}</Table.Td>
              <Table.Td className="whole">
                {record.action}
                {record.outcome !== 'SUCCESS' && (
                  <Badge ml="xs" color="red.9" tt="none">
                    {record.outcome.toLowerCase()}
                  </Badge>
                )}
              </Table.Td>
              <Table.Td>
                {record.objectName}
                <Text size="sm" c="dimmed">
                  {[record.projectName, detailsText(record.details)].filter(Boolean).join(' · ')}
                </Text>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}

function detailsText(details: AuditItem['details']): string {
  return Object.entries(details)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}
