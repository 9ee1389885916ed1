import { keyplane } from '../../api/keyplane.ts';
import type { Column } from '../../display/server-table.tsx';
import { keyKind } from '../parts/material-kind.ts';
import { MaterialsPage } from '../parts/materials-page.tsx';
import { type Key, KeyDialog } from './key-dialog.tsx';
import { keyTypeText } from './key-type-text.ts';

export function KeysPage() {
  return (
    <MaterialsPage
      kind={keyKind}
      fetchPage={(projectName, query) => keyplane.listKeys({ projectName, ...query })}
      columns={columns}
      create={(props) => <KeyDialog {...props} />}
    />
  );
}

const columns: readonly Column<Key>[] = [
  { header: 'Kind', cell: keyTypeText },
  {
    header: 'Environments',
    cell: ({ cryptoKeyInfoEnvironmentList }) =>
      cryptoKeyInfoEnvironmentList.map(({ environmentName }) => environmentName).join(', '),
  },
];
