import { Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { keyplane } from '../api/keyplane.ts';
import { CopyField } from '../display/copy-field.tsx';
import { QueryView } from '../display/query-view.tsx';
import { setAddress } from './set-address.ts';

/** Where verifiers fetch the JWK Set of a project, or of a view of it: one address for each environment that the project reaches. */
export function ProjectSetAddresses({
  projectName,
  viewName,
}: {
  readonly projectName: string;
  readonly viewName?: string;
}) {
  const environments = useQuery({
    queryKey: ['project-environments', projectName],
    queryFn: () => keyplane.listProjectEnvironments({ projectName }),
  });
  return (
    <QueryView query={environments}>
      {({ resultList }) =>
        resultList.length === 0 ? (
          <Text c="dimmed">This project reaches no environment, so its keys are served nowhere.</Text>
        ) : (
          <Stack gap="sm">
            {resultList.map(({ name, accessUrl }) => (
              <SetAddress
                key={name}
                label={`in ${name}`}
                accessUrl={accessUrl}
                projectName={projectName}
                {...(viewName !== undefined && { viewName })}
              />
            ))}
            {resultList.some(({ accessUrl }) => accessUrl === null) && <AccessUrlNote />}
          </Stack>
        )
      }
    </QueryView>
  );
}

/** Without a project: the set of all projects of an environment. */
export function SetAddress({
  label,
  accessUrl,
  projectName,
  viewName,
}: {
  /** Which one, as in `of Stock in production`. */
  readonly label: string;
  readonly accessUrl: string | null;
  readonly projectName?: string;
  readonly viewName?: string;
}) {
  return <CopyField label={`JWK Set ${label}`} value={setAddress(accessUrl, projectName, viewName)} />;
}

/** Explains the placeholder of an address. */
export function AccessUrlNote() {
  return (
    <Text size="sm" c="dimmed">
      Replace NODE with the host and port of a node. Once the environment has an access URL, the address is
      complete.
    </Text>
  );
}
