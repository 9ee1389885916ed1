import { Button, Stack } from '@mantine/core';
import { keyplane } from '../../api/keyplane.ts';
import { Facts } from '../../display/facts.tsx';
import { Section } from '../../display/section.tsx';
import { Instant } from '../../display/time.tsx';
import { certificatePages } from '../parts/material-kind.ts';
import { MaterialPage } from '../parts/material-page.tsx';
import { type Certificate, CertificateDialog } from './certificate-dialog.tsx';

export function CertificatePage() {
  return (
    <MaterialPage
      kind={certificatePages}
      fetchOne={(projectName, certificateName) => keyplane.getCertificate({ projectName, certificateName })}
      replace={(certificate, projectName, onClose) => (
        <CertificateDialog
          projectName={projectName}
          certificate={certificate}
          onDone={onClose}
          onClose={onClose}
        />
      )}
      actions={(certificate, projectName) => <Export certificate={certificate} projectName={projectName} />}
    >
      {(certificate) => <InEnvironments certificate={certificate} />}
    </MaterialPage>
  );
}

/** A link of this origin: the browser saves the ZIP under the name that the manager gives it. */
function Export({
  certificate,
  projectName,
}: {
  readonly certificate: Certificate;
  readonly projectName: string;
}) {
  const path = [projectName, 'certificates', certificate.name, 'export'].map(encodeURIComponent).join('/');
  return (
    <Button component="a" href={`/apiops/projects/${path}/`} download variant="default">
      Export as ZIP
    </Button>
  );
}

function InEnvironments({ certificate }: { readonly certificate: Certificate }) {
  return (
    <Stack>
      {certificate.certificateEnvironmentList.map((own) => (
        <Section key={own.environmentName} title={own.environmentName}>
          <Facts
            facts={[
              ['Alias', own.alias],
              ['Subject', own.subjectDn],
              ['Valid from', <Instant key="from" at={own.startDate} />],
              ['Valid until', <Instant key="to" at={own.endDate} />],
              [
                'SHA-1 thumbprint',
                <span key="print" className="mono">
                  {own.sha1Thumbprint}
                </span>,
              ],
            ]}
          />
        </Section>
      ))}
    </Stack>
  );
}
