import { keyplane } from '../../api/keyplane.ts';
import type { TableColumn } from '../../display/server-table.tsx';
import { keyPages } from '../parts/material-kind.ts';
import { MaterialsPage } from '../parts/materials-page.tsx';
import { type Key, KeyDialog } from './key-dialog.tsx';
import { keyTypeText } from './key-type-text.ts';

export function KeysPage() {
  return (
    <MaterialsPage
      kind={keyPages}
      fetchPage={(projectName, query) => keyplane.listKeys({ projectName, ...query })}
      columns={columns}
      create={(props) => <KeyDialog {...props} />}
    />
  );
}

const columns: readonly TableColumn<Key>[] = [
  { header: 'Kind', cell: keyTypeText },
  {
    header: 'Environments',
    cell: ({ cryptoKeyInfoEnvironmentList }) =>
      cryptoKeyInfoEnvironmentList.map(({ environmentName }) => environmentName).join(', '),
  },
];
