import { Table, Text } from '@mantine/core';
import type { KeystoreEntry as Entry } from '../../../../clients/typescript/src/index.ts';
import { Time } from '../../display/time.tsx';

const kinds = {
  PRIVATE_KEY: 'private key',
  TRUSTED_CERTIFICATE: 'trusted certificate',
  SECRET_KEY: 'secret key',
} as const;

/** What a keystore holds, alias by alias. */
export function KeystoreEntries({
  entries,
  caption,
}: {
  readonly entries: readonly Entry[];
  readonly caption: string;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reachable by keyboard
    <section className="wide" tabIndex={0} aria-label={caption}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Alias</Table.Th>
            <Table.Th scope="col">What it is</Table.Th>
            <Table.Th scope="col">Key</Table.Th>
            <Table.Th scope="col">Subject</Table.Th>
            <Table.Th scope="col">Expires</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {entries.map((entry) => (
            <Table.Tr key={entry.alias}>
              <Table.Td>{entry.alias}</Table.Td>
              <Table.Td>
                {kinds[entry.kind]}
                {entry.problem !== null && (
                  <Text size="sm" c="red.9">
                    {entry.problem}
                  </Text>
                )}
              </Table.Td>
              <Table.Td>{keyText(entry)}</Table.Td>
              <Table.Td>{entry.subjectDn}</Table.Td>
              <Table.Td>{entry.notAfter !== null && <Time at={entry.notAfter} />}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}

function keyText({ type, curve, size, algorithm, certificates }: Entry): string {
  const key = [algorithm ?? type, curve, size === null ? null : `${size} bits`].filter(Boolean).join(' ');
  return certificates > 1 ? `${key}, chain of ${certificates}` : key;
}
