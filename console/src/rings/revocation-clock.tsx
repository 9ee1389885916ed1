import { Text } from '@mantine/core';
import { durationInWords } from '../../../src/runtime/time-text.ts';
import { DataTable, type TableColumn } from '../display/data-table.tsx';
import { QueryView } from '../display/query-view.tsx';
import { Section } from '../display/section.tsx';
import { Status } from '../display/status.tsx';
import type { StatusWord } from '../display/status-words.ts';
import { Instant, Time } from '../display/time.tsx';
import { confirmerText } from './confirmer-text.ts';
import { useRevocation } from './ring-queries.ts';
import type { KeyRing, Revocation, RingRef } from './ring-types.ts';
import { useNow } from './use-now.ts';

/** How long a finished revocation stays on the page. */
const shownMs = 24 * 3_600_000;

/** The clocks of revocations of the last day, the newest first. */
export function Revocations({ ringRef, ring }: { readonly ringRef: RingRef; readonly ring: KeyRing }) {
  const recent = ring.members
    .filter(
      ({ revocationId, revokedAt }) =>
        revocationId !== null && Date.now() - Date.parse(revokedAt ?? '') < shownMs,
    )
    .toReversed();
  const ids = [...new Set(recent.map(({ revocationId }) => revocationId))].filter((id) => id !== null);
  return ids.map((id) => (
    <RevocationClock
      key={id}
      ringRef={ringRef}
      revocationId={id}
      names={recent.filter(({ revocationId }) => revocationId === id).map(({ jwkName }) => jwkName)}
    />
  ));
}

function RevocationClock({
  ringRef,
  revocationId,
  names,
}: {
  readonly ringRef: RingRef;
  readonly revocationId: string;
  readonly names: readonly string[];
}) {
  const found = useRevocation(ringRef, revocationId);
  return (
    <Section title={`Revocation of ${names.toReversed().join(' and ')}`}>
      <QueryView query={found}>{(revocation) => <Clock revocation={revocation} />}</QueryView>
    </Section>
  );
}

function Clock({ revocation }: { readonly revocation: Revocation }) {
  const now = useNow();
  const { revokedAt, reason, comment, nodesSafeAt, verifiersSafeAt, safeNodes, pendingNodes } = revocation;
  const total = safeNodes.length + pendingNodes.length;
  return (
    <>
      <Text size="sm" c="dimmed" mb="sm">
        {reason.toLowerCase()}, <Instant at={revokedAt} />
        {comment !== null && `: ${comment}`}
      </Text>
      <div className="clock">
        <div>
          <Text size="sm" c="dimmed">
            Nodes that are safe
          </Text>
          <div className="clock-time" role="timer" aria-label="Nodes that are safe">
            {safeNodes.length} of {total}
          </div>
          <Text size="sm">
            {nodesSafeAt === null
              ? `${durationInWords(Math.max(0, now - Date.parse(revokedAt)))} since the revocation`
              : `all within ${millisecondsText(lastSafeMs(revocation))}`}
          </Text>
        </div>
        <div>
          <Text size="sm" c="dimmed">
            Caches that may still have it
          </Text>
          <div className="clock-time" role="timer" aria-label="Caches that may still have it">
            {cachesText(verifiersSafeAt, now)}
          </div>
          <Text size="sm">
            {verifiersSafeAt === null ? (
              'counts once every node is safe'
            ) : (
              <>
                verifiers are safe: <Instant at={verifiersSafeAt} />
              </>
            )}
          </Text>
        </div>
      </div>
      {total > 0 && <Nodes revocation={revocation} />}
    </>
  );
}

function lastSafeMs({ safeNodes }: Revocation): number {
  return Math.max(0, ...safeNodes.map(({ safeAfterMs }) => safeAfterMs));
}

function cachesText(verifiersSafeAt: string | null, now: number): string {
  if (verifiersSafeAt === null) return 'not known yet';
  const leftMs = Date.parse(verifiersSafeAt) - now;
  return leftMs <= 0 ? 'none' : `${durationInWords(leftMs)} left`;
}

function millisecondsText(milliseconds: number): string {
  return milliseconds < 10_000 ? `${(milliseconds / 1_000).toFixed(1)} s` : durationInWords(milliseconds);
}

interface NodeRow {
  readonly environmentName: string;
  readonly nodeName: string | null;
  readonly outletName?: string | undefined;
  readonly safeAfterMs: number | undefined;
  readonly pending: Revocation['pendingNodes'][number] | undefined;
}

const safe = {
  word: 'safe',
  tone: 'good',
  meaning: 'The node no longer publishes the key, and rejects what it signed.',
} as const satisfies StatusWord;
const pending = {
  word: 'pending',
  tone: 'problem',
  meaning: 'The node has not confirmed, and may still publish the key.',
} as const satisfies StatusWord;

const columns: readonly TableColumn<NodeRow>[] = [
  { header: 'Node', kind: 'title', cell: confirmerText },
  { header: 'Environment', cell: ({ environmentName }) => environmentName },
  { header: 'Status', cell: (row) => <Status of={row.pending === undefined ? safe : pending} /> },
  {
    header: 'Safe after',
    cell: ({ safeAfterMs }) => (safeAfterMs === undefined ? null : millisecondsText(safeAfterMs)),
  },
  { header: 'Last seen', cell: (row) => row.pending && <Time at={row.pending.lastSeenAt} /> },
  {
    header: 'May sign until',
    cell: (row) => row.pending && <Instant at={row.pending.signsUntil} fallback="without limit" />,
  },
  {
    header: 'May publish until',
    cell: (row) => row.pending && <Instant at={row.pending.publishesUntil} fallback="without limit" />,
  },
];

/** How many nodes that are safe are listed; pending ones all are. */
const mostSafe = 20;

function Nodes({ revocation: { pendingNodes, safeNodes } }: { readonly revocation: Revocation }) {
  const rows: readonly NodeRow[] = [
    ...pendingNodes.map((node) => ({ ...node, safeAfterMs: undefined, pending: node })),
    // The last one first: it is the one that the clock counts to.
    ...safeNodes
      .toSorted((a, b) => b.safeAfterMs - a.safeAfterMs)
      .slice(0, mostSafe)
      .map((node) => ({ ...node, pending: undefined })),
  ];
  const shown = pendingNodes.length === 0 ? columns.slice(0, 4) : columns;
  return (
    <details open={pendingNodes.length > 0}>
      <summary>Nodes</summary>
      <DataTable
        caption="Nodes of the revocation"
        columns={shown}
        items={rows}
        rowKey={(row) => `${row.environmentName} ${confirmerText(row)}`}
      />
      {safeNodes.length > mostSafe && (
        <Text size="sm" c="dimmed">
          and {safeNodes.length - mostSafe} more that are safe
        </Text>
      )}
    </details>
  );
}
