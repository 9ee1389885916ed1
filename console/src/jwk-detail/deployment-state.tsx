import { Group, Stack, Text } from '@mantine/core';
import { QueryView } from '../display/query-view.tsx';
import { Legend, Status } from '../display/status.tsx';
import { deploymentStatuses, type StatusWord } from '../display/status-words.ts';
import { Time } from '../display/time.tsx';
import { type JwkDetail, type JwkEnvironmentRow, type JwkRef, useDeployment } from './jwk-queries.ts';

/** Which nodes of which environment have a JWK, as it changes. */
export function DeploymentState({ jwk, detail }: { readonly jwk: JwkRef; readonly detail: JwkDetail }) {
  const deployment = useDeployment(jwk);
  return (
    <QueryView query={deployment}>
      {(environments) =>
        environments.length === 0 ? (
          <Text c="dimmed">
            {isWithdrawn(detail) ? withdrawnText(detail) : 'This project reaches no environment.'}
          </Text>
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

export function DeploymentLegend() {
  return <Legend label="What the words mean" words={Object.values(deploymentStatuses)} />;
}

function statusOf({ success, nodes }: JwkEnvironmentRow): StatusWord {
  if (nodes.length === 0) return deploymentStatuses.NO_NODES;
  if (success) return deploymentStatuses.DEPLOYED;
  return nodes.some(({ hasIt }) => hasIt) ? deploymentStatuses.PARTIAL : deploymentStatuses.MISSING;
}

type OfRing = Pick<JwkDetail, 'ringState'>;

/** Nodes neither publish nor use such a member of a key ring. */
export function isWithdrawn({ ringState }: OfRing): boolean {
  return ringState === 'RETIRED' || ringState === 'REVOKED';
}

function withdrawnText({ ringState }: OfRing): string {
  return `It is ${ringState?.toLowerCase()}: nodes neither publish nor use it.`;
}

/** The environments that have a JWK whole, in a line. */
export function deployedText(environments: readonly JwkEnvironmentRow[], detail: OfRing): string {
  if (environments.length === 0 && isWithdrawn(detail))
    return `nowhere: it is ${detail.ringState?.toLowerCase()}`;
  const names = environments.filter(({ success }) => success).map(({ environmentName }) => environmentName);
  if (names.length === environments.length) return names.join(', ') || 'nowhere: no environment is reached';
  return `${names.length} of ${environments.length} environments`;
}

function Environment({ environment }: { readonly environment: JwkEnvironmentRow }) {
  const { environmentName, success, message, nodes } = environment;
  return (
    <section aria-label={environmentName} data-deployed={success}>
      <Group justify="space-between" gap="xs" role="status">
        <Text fw={600} size="sm">
          {environmentName}
        </Text>
        <Text size="sm" component="span">
          <Status of={statusOf(environment)} />
        </Text>
      </Group>
      {!success && <Text size="sm">{message}</Text>}
      <ul className="plain">
        {nodes.map((node) => (
          <Node key={node.name} node={node} />
        ))}
      </ul>
    </section>
  );
}

const missing: StatusWord = {
  word: 'missing',
  tone: 'attention',
  meaning: 'The node has not confirmed this JWK.',
};

function Node({ node }: { readonly node: JwkEnvironmentRow['nodes'][number] }) {
  const { name, connected, hasIt, appliedRevision, lastSeenAt, reason } = node;
  return (
    <li>
      <Group justify="space-between" gap="xs">
        <Text size="sm" c="dimmed" title={`Last confirmed change: revision ${appliedRevision}`}>
          {name}
          {connected ? ', connected' : ', not connected, last seen '}
          {!connected && <Time at={lastSeenAt} />}
          {reason !== null && `: ${reason}`}
        </Text>
        {!hasIt && (
          <Text size="sm" component="span">
            <Status of={missing} />
          </Text>
        )}
      </Group>
    </li>
  );
}
