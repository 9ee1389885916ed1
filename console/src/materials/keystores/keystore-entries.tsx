import { Stack, Text } from '@mantine/core';
import type { KeystoreEntry as Entry } from '../../../../clients/typescript/src/index.ts';
import { DataTable, type TableColumn } from '../../display/data-table.tsx';
import { Day } from '../../display/time.tsx';

const kinds = {
  PRIVATE_KEY: 'private key',
  TRUSTED_CERTIFICATE: 'trusted certificate',
  SECRET_KEY: 'secret key',
} as const satisfies Record<Entry['kind'], string>;

/** In a form with a field for each of them. */
export function passwordHint(aliases: string): string {
  return `Enter the key password of ${aliases} to use it too.`;
}

/** The entries of a keystore by alias. */
export function KeystoreEntries({
  entries,
  caption,
  hint,
}: {
  readonly entries: readonly Entry[];
  readonly caption: string;
  /** How the named aliases become usable. */
  readonly hint: (aliases: string) => string;
}) {
  const locked = entries.filter((entry) => entry.locked).map(({ alias }) => alias);
  return (
    <Stack gap="xs">
      <DataTable caption={caption} columns={columns} items={entries} rowKey={({ alias }) => alias} />
      {locked.length > 0 && locked.length < entries.length && (
        <Text size="sm">{hint(locked.join(', '))}</Text>
      )}
    </Stack>
  );
}

const columns: readonly TableColumn<Entry>[] = [
  { header: 'Alias', kind: 'title', cell: ({ alias }) => alias },
  {
    header: 'Kind',
    cell: ({ kind }) => <span className="whole">{kinds[kind]}</span>,
  },
  { header: 'Key', cell: (entry) => <span className="whole">{entryKeyText(entry)}</span> },
  {
    header: 'Subject',
    // One child: a card lays out each child of a cell beside the name of the column.
    cell: ({ subjectDn, locked, problem }) => (
      <div>
        {subjectDn}
        {(locked || problem !== null) && (
          <Text size="sm" c="var(--mantine-color-error)">
            Cannot be used: {locked ? 'wrong key password' : problem}
          </Text>
        )}
      </div>
    ),
  },
  { header: 'Expires', cell: ({ notAfter }) => notAfter !== null && <Day at={notAfter} /> },
];

function entryKeyText({ type, curve, size, algorithm, certificates }: Entry): string {
  const key = [algorithm ?? type, curve ?? (size === null ? null : `${size} bits`)].filter(Boolean).join(' ');
  return certificates > 1 ? `${key}, chain of ${certificates}` : key;
}
