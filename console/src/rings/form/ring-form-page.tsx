import { Stack, Text } from '@mantine/core';
import { useLocation, useParams } from 'wouter';
import { PageHeader } from '../../display/page-header.tsx';
import { useMayDeploy } from '../../jwks/deploying-role.ts';
import { projectPath } from '../../layout/project.ts';
import { RingForm } from './ring-form.tsx';

export function RingFormPage() {
  const { projectName = '' } = useParams<{ projectName: string }>();
  const [, navigate] = useLocation();
  const up = { path: projectPath(projectName, 'key-rings'), label: 'Key rings' };
  if (!useMayDeploy(projectName)) {
    return (
      <Stack>
        <PageHeader title="Permission required" up={up} />
        <Text>Creating and changing key rings takes ROLE_API_SECURITY and ROLE_DEPLOY_UNDEPLOY_PROXIES.</Text>
      </Stack>
    );
  }
  return (
    <Stack>
      <PageHeader
        title="New key ring"
        up={up}
        description="Keys for one purpose, such as the tokens of one issuer. keyplane replaces them on schedule, and no verifier misses one."
      />
      <RingForm
        projectName={projectName}
        cancelPath={up.path}
        onSaved={(name) => navigate(projectPath(projectName, 'key-rings', name))}
      />
    </Stack>
  );
}
