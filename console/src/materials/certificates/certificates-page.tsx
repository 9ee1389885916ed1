import { Text } from '@mantine/core';
import { keyplane } from '../../api/keyplane.ts';
import type { TableColumn } from '../../display/server-table.tsx';
import { Day } from '../../display/time.tsx';
import { certificatePages } from '../parts/material-kind.ts';
import { MaterialsPage } from '../parts/materials-page.tsx';
import { type Certificate, CertificateDialog } from './certificate-dialog.tsx';

export function CertificatesPage() {
  return (
    <MaterialsPage
      kind={certificatePages}
      fetchPage={(projectName, query) => keyplane.listCertificates({ projectName, ...query })}
      columns={columns}
      create={(props) => <CertificateDialog {...props} />}
    />
  );
}

const columns: readonly TableColumn<Certificate>[] = [
  {
    header: 'Subject',
    cell: ({ certificateEnvironmentList: [own] }) => own?.subjectDn,
  },
  {
    header: 'Alias by environment',
    cell: ({ certificateEnvironmentList }) => (
      <div>
        {certificateEnvironmentList.map(({ environmentName, alias }) => (
          <Text key={environmentName} size="sm">
            {environmentName}: {alias}
          </Text>
        ))}
      </div>
    ),
  },
  {
    header: 'Expires',
    cell: ({ certificateEnvironmentList }) => <Day at={firstEnd(certificateEnvironmentList)} />,
  },
];

/** Environments may have different certificates: the first to expire counts. */
function firstEnd(environments: Certificate['certificateEnvironmentList']): string | null {
  const [first = null] = environments.map(({ endDate }) => endDate).toSorted();
  return first;
}
