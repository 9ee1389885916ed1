import type { Outlet } from '../../../clients/typescript/src/index.ts';
import { nameColumn } from '../display/name-column.tsx';
import type { TableColumn } from '../display/server-table.tsx';
import { Status } from '../display/status.tsx';
import { Time } from '../display/time.tsx';
import { projectPath } from '../layout/project.ts';
import { kindOption } from './kind-option.ts';
import { contentTexts, lastDelivery, outletStatus } from './outlet-words.ts';

/** What every list of outlets shows. `between` are columns after the content. */
export function outletColumns(
  projectName: string,
  between: readonly TableColumn<Outlet>[] = [],
): readonly TableColumn<Outlet>[] {
  return [
    nameColumn((name) => projectPath(projectName, 'outlets', name)),
    { header: 'Kind', cell: ({ kind }) => kindOption(kind).shortTitle },
    { header: 'Content', cell: ({ content }) => contentTexts[content] },
    ...between,
    { header: 'State', cell: (outlet) => <Status of={outletStatus(outlet)} /> },
    { header: 'Last delivery', cell: (outlet) => <Time at={lastDelivery(outlet)} /> },
  ];
}
