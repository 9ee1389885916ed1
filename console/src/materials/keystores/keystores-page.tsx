import { Text } from '@mantine/core';
import { keyplane } from '../../api/keyplane.ts';
import type { TableColumn } from '../../display/server-table.tsx';
import { keystorePages } from '../parts/material-kind.ts';
import { MaterialsPage } from '../parts/materials-page.tsx';
import { type Keystore, KeystoreDialog } from './keystore-dialog.tsx';

export function KeystoresPage() {
  return (
    <MaterialsPage
      kind={keystorePages}
      fetchPage={(projectName, query) => keyplane.listKeystores({ projectName, ...query })}
      columns={columns}
      create={(props) => <KeystoreDialog {...props} />}
    />
  );
}

const columns: readonly TableColumn<Keystore>[] = [
  {
    header: 'Environments',
    cell: ({ keyStoreEnvironmentList }) => (
      <div>
        {keyStoreEnvironmentList.map(({ environmentName, keyStoreType }) => (
          <Text key={environmentName} size="sm">
            {environmentName} ({keyStoreType})
          </Text>
        ))}
      </div>
    ),
  },
];
