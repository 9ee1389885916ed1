import { Text } from '@mantine/core';
import { keyplane } from '../../api/keyplane.ts';
import type { Column } from '../../display/server-table.tsx';
import { Time } from '../../display/time.tsx';
import { certificateNoun } from '../parts/material-noun.ts';
import { MaterialsPage } from '../parts/materials-page.tsx';
import { type Certificate, CertificateDialog } from './certificate-dialog.tsx';

export function CertificatesPage() {
  return (
    <MaterialsPage
      noun={certificateNoun}
      fetchPage={(projectName, query) => keyplane.listCertificates({ projectName, ...query })}
      columns={columns}
      create={(props) => <CertificateDialog {...props} />}
    />
  );
}

const columns: readonly Column<Certificate>[] = [
  {
    header: 'Subject',
    cell: ({ certificateEnvironmentList: [own] }) => own?.subjectDn,
  },
  {
    header: 'Environments',
    cell: ({ certificateEnvironmentList }) =>
      certificateEnvironmentList.map(({ environmentName, alias }) => (
        <Text key={environmentName} size="sm">
          {environmentName} as {alias}
        </Text>
      )),
  },
  {
    header: 'Expires',
    cell: ({ certificateEnvironmentList: [own] }) => own && <Time at={own.endDate} />,
  },
];
