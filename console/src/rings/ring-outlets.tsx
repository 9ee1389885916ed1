import { Anchor } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { Outlet } from '../../../clients/typescript/src/index.ts';
import { keyplane } from '../api/keyplane.ts';
import { DataTable, type TableColumn } from '../display/data-table.tsx';
import { Section } from '../display/section.tsx';
import { Status } from '../display/status.tsx';
import { Time } from '../display/time.tsx';
import { projectPath } from '../layout/project.ts';
import { lastDelivery, outletStatus } from '../outlets/outlet-words.ts';
import type { RingRef } from './ring-types.ts';

const refreshMs = 5_000;
const pageSize = 100;
const shownDigits = 12;

/** The outlets whose source is this ring, and how each stands: the keys of the ring wait for those in its gate. */
export function RingOutlets({ ringRef: { projectName, ringName } }: { readonly ringRef: RingRef }) {
  const found = useQuery({
    queryKey: ['outlets', projectName, 'of-ring', ringName],
    queryFn: () => outletsOf(projectName, ringName),
    refetchInterval: refreshMs,
  });
  if (found.data === undefined || found.data.length === 0) return null;
  return (
    <Section title="Outlets" description="They deliver the keys of this ring">
      <DataTable
        caption={`Outlets of ${ringName}`}
        columns={columnsOf(projectName)}
        items={found.data}
        rowKey={({ name }) => name}
      />
    </Section>
  );
}

async function outletsOf(projectName: string, ringName: string): Promise<readonly Outlet[]> {
  const all: Outlet[] = [];
  for (let page = 1; ; page += 1) {
    const { resultList, resultCount } = await keyplane.listOutlets({
      projectName,
      page: String(page),
      size: String(pageSize),
    });
    all.push(...resultList);
    if (resultList.length === 0 || all.length >= resultCount) break;
  }
  return all.filter(({ source }) => source?.keyRingName === ringName);
}

function columnsOf(projectName: string): readonly TableColumn<Outlet>[] {
  return [
    {
      header: 'Name',
      kind: 'title',
      cell: ({ name }) => (
        <Anchor component={Link} href={projectPath(projectName, 'outlets', name)} fw={500}>
          {name}
        </Anchor>
      ),
    },
    { header: 'Kind', cell: ({ kind }) => kind },
    { header: 'State', cell: (outlet) => <Status of={outletStatus(outlet)} /> },
    { header: 'Last delivery', cell: (outlet) => <Time at={lastDelivery(outlet)} /> },
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
