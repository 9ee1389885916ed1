import { Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Environment } from '../../../clients/typescript/src/index.ts';
import { keyplane } from '../api/keyplane.ts';
import { CopyField } from '../display/copy-field.tsx';
import { QueryView } from '../display/query-view.tsx';

/** Where verifiers fetch the keys of a project: one address for each environment that it reaches. */
export function JwkSetAddresses({ projectName }: { readonly projectName: string }) {
  const environments = useQuery({
    queryKey: ['project-environments', projectName],
    queryFn: () => keyplane.listProjectEnvironments({ projectName }),
  });
  return (
    <QueryView query={environments}>
      {({ resultList }) =>
        resultList.length === 0 ? (
          <Text c="dimmed">This project reaches no environment, so nothing publishes its keys.</Text>
        ) : (
          <Stack gap="sm">
            {resultList.map((environment) => (
              <Address key={environment.name} projectName={projectName} environment={environment} />
            ))}
          </Stack>
        )
      }
    </QueryView>
  );
}

function Address({
  projectName,
  environment: { name, accessUrl },
}: {
  readonly projectName: string;
  readonly environment: Environment;
}) {
  return (
    <CopyField
      label={`JWK Set in ${name}`}
      value={`${accessUrl?.replace(/\/+$/, '') ?? ''}${jwkSetPath(projectName)}`}
      description={
        accessUrl === null ? `Put the address of a node or gateway of ${name} before it` : undefined
      }
    />
  );
}

/** Of a project, at each node. */
function jwkSetPath(projectName: string): string {
  return `/projects/${encodeURIComponent(projectName)}/.well-known/jwks.json`;
}
