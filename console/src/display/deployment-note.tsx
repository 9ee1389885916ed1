import { Alert, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { DeploymentAnswer as ChangeAnswer } from '../../../clients/typescript/src/index.ts';
import { keyplane } from '../api/keyplane.ts';
import { Status } from './status.tsx';
import { nodeStatuses } from './status-words.ts';
import { WarningTexts } from './warning-texts.tsx';

export type NotedDeployment = ChangeAnswer['deploymentResult'] & Pick<ChangeAnswer, 'warnings'>;

/** The result of a change, from the response. */
export function resultOf({ deploymentResult, warnings }: ChangeAnswer): NotedDeployment {
  return warnings === undefined ? deploymentResult : { ...deploymentResult, warnings };
}

const refreshMs = 1_000;

/** The deployment result of each environment and, if one was not finished, the current status of its nodes. */
export function DeploymentNote({
  title,
  detail,
  result,
  onClose,
}: {
  /** What was done; left out, the note begins with how the deployment went. */
  readonly title?: string | undefined;
  /** What else changed with it. */
  readonly detail?: string | undefined;
  readonly result: NotedDeployment;
  readonly onClose?: () => void;
}) {
  return (
    <Alert
      role="status"
      color={result.success ? 'green' : 'orange'}
      variant="outline"
      title={title ?? result.message}
      withCloseButton={onClose !== undefined}
      closeButtonLabel="Close"
      {...(onClose !== undefined && { onClose })}
    >
      <Stack gap={4}>
        {title !== undefined && <Text size="sm">{result.message}</Text>}
        {detail !== undefined && <Text size="sm">{detail}</Text>}
        {result.environmentResults.map(({ environmentName, success, message }) => (
          <div key={environmentName}>
            <Text size="sm">
              <strong>{environmentName}</strong>: {message}
            </Text>
            {!success && <NodesNow environmentName={environmentName} />}
          </div>
        ))}
        <WarningTexts texts={result.warnings} />
      </Stack>
    </Alert>
  );
}

function NodesNow({ environmentName }: { readonly environmentName: string }) {
  const overview = useQuery({
    queryKey: ['overview'],
    queryFn: () => keyplane.getOverview(),
    refetchInterval: refreshMs,
  });
  const nodes = overview.data?.environments.find(({ name }) => name === environmentName)?.nodes ?? [];
  return (
    <Group gap="xs">
      {nodes.length > 0 && <Text size="sm">Current state:</Text>}
      {nodes.map(({ name, state }) => (
        <Text key={name} size="sm" component="span">
          {name} <Status of={nodeStatuses[state]} />
        </Text>
      ))}
    </Group>
  );
}
