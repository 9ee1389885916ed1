import { useQuery } from '@tanstack/react-query';
import type { Outlet } from '../../../clients/typescript/src/index.ts';
import { keyplane } from '../api/keyplane.ts';
import { DataTable, type TableColumn } from '../display/data-table.tsx';
import { Section } from '../display/section.tsx';
import { outletColumns } from '../outlets/outlet-columns.tsx';
import type { RingRef } from './ring-types.ts';

const refreshMs = 5_000;
const shownDigits = 12;

/** The outlets whose source is this ring, and how each stands: the keys of the ring wait for those in its gate. */
export function RingOutlets({ ringRef: { projectName, ringName } }: { readonly ringRef: RingRef }) {
  const found = useQuery({
    queryKey: ['outlets', projectName, 'of-ring', ringName],
    queryFn: () => keyplane.listOutlets({ projectName, keyRingName: ringName }),
    refetchInterval: refreshMs,
  });
  if (found.data === undefined || found.data.resultCount === 0) return null;
  return (
    <Section title="Outlets" description="They deliver the keys of this ring">
      <DataTable
        caption={`Outlets of ${ringName}`}
        columns={columnsOf(projectName)}
        items={found.data.resultList}
        rowKey={({ name }) => name}
      />
    </Section>
  );
}

function columnsOf(projectName: string): readonly TableColumn<Outlet>[] {
  return [
    ...outletColumns(projectName),
    { header: 'Digest', cell: (outlet) => <Digests outlet={outlet} /> },
    { header: 'Waited for', cell: ({ gate }) => (gate ? 'yes' : 'no') },
  ];
}

/** One where all places have the same. */
function Digests({ outlet: { environments } }: { readonly outlet: Outlet }) {
  const digests = [...new Set(environments.map(({ digest }) => digest))];
  const [only] = digests;
  if (digests.length > 1) return <>differ between nodes</>;
  if (only === null || only === undefined) return null;
  return (
    <span className="mono" title={only}>
      {only.slice(0, shownDigits)}
    </span>
  );
}
