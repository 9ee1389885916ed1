import { Badge, Group, Stack, Text } from '@mantine/core';
import { QueryView } from '../display/query-view.tsx';
import { Time } from '../display/time.tsx';
import { type EnvironmentState, type JwkRef, useDeployment } from './jwk-queries.ts';

/** Which node of which environment has a JWK, as it changes. */
export function DeploymentState({ jwk }: { readonly jwk: JwkRef }) {
  const deployment = useDeployment(jwk);
  return (
    <QueryView query={deployment}>
      {(environments) =>
        environments.length === 0 ? (
          <Text c="dimmed">This project reaches no environment.</Text>
        ) : (
          <Stack gap="md">
            {environments.map((environment) => (
              <Environment key={environment.environmentName} environment={environment} />
            ))}
          </Stack>
        )
      }
    </QueryView>
  );
}

function Environment({ environment }: { readonly environment: EnvironmentState }) {
  const { environmentName, success, message, nodes, revision, environmentRevision } = environment;
  return (
    <section aria-label={environmentName} data-deployed={success}>
      <Group justify="space-between" gap="xs">
        <Text fw={600}>{environmentName}</Text>
        <Text size="sm" c="dimmed">
          changed at revision {revision} of {environmentRevision}
        </Text>
      </Group>
      <Group gap="xs" role="status">
        <Badge color={success ? '#1f6b2f' : '#a13a06'} tt="none">
          {success ? 'deployed' : 'not everywhere'}
        </Badge>
        <Text size="sm">{message}</Text>
      </Group>
      <ul className="plain">
        {nodes.map((node) => (
          <Node key={node.name} node={node} />
        ))}
      </ul>
    </section>
  );
}

function Node({ node }: { readonly node: EnvironmentState['nodes'][number] }) {
  const { name, connected, hasIt, appliedRevision, lastSeenAt, reason } = node;
  return (
    <li>
      <Badge color={hasIt ? '#1f6b2f' : 'gray.7'} tt="none" mr="xs">
        {hasIt ? 'has it' : 'without it'}
      </Badge>
      <Text span size="sm">
        {name}
        {connected ? ', connected' : ', not connected, last seen '}
        {!connected && <Time at={lastSeenAt} />}, at revision {appliedRevision}
        {reason !== null && `: ${reason}`}
      </Text>
    </li>
  );
}
