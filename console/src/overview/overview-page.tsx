import { Anchor, Group, SimpleGrid, Stack, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { Overview } from '../../../clients/typescript/src/index.ts';
import { keyplane } from '../api/keyplane.ts';
import { AuditTable } from '../display/audit-table.tsx';
import { PageHeader } from '../display/page-header.tsx';
import { QueryView } from '../display/query-view.tsx';
import { Section } from '../display/section.tsx';
import { Status } from '../display/status.tsx';
import { nodeStatuses } from '../display/status-words.ts';
import { Time } from '../display/time.tsx';
import { environmentPath } from '../environments/environment-path.ts';
import { projectPath } from '../layout/project.ts';
import { mayIn } from '../session/session.ts';
import { useSignedIn } from '../session/session-context.ts';

const refreshMs = 3_000;

export function OverviewPage() {
  const overview = useQuery({
    queryKey: ['overview'],
    queryFn: () => keyplane.getOverview(),
    refetchInterval: refreshMs,
  });
  return (
    <Stack>
      <PageHeader title="Overview" />
      <QueryView query={overview}>{(found) => <Cards overview={found} />}</QueryView>
    </Stack>
  );
}

function Cards({ overview }: { readonly overview: Overview }) {
  return (
    <Stack>
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Section title="Environments and nodes">
          <Environments environments={overview.environments} />
        </Section>
        <Section title="JWKs">
          <Counts overview={overview} />
        </Section>
        <Section title={`Expiring within 30 days, or expired (${overview.expiringCount})`}>
          <Expiring items={overview.expiring} />
        </Section>
        <Section title={`URL sources that fail (${overview.failingSourceCount})`}>
          <Failing items={overview.failingSources} />
        </Section>
        <Section title={`Kids that name different keys (${overview.sharedKidCount})`}>
          <SharedKids items={overview.sharedKids} />
        </Section>
      </SimpleGrid>
      <Section title="Last changes">
        {overview.lastChanges.length === 0 ? (
          <Nothing>Nothing was changed yet.</Nothing>
        ) : (
          <AuditTable records={overview.lastChanges} caption="Last changes, newest first" />
        )}
      </Section>
    </Stack>
  );
}

function Nothing({ children }: { readonly children: React.ReactNode }) {
  return <Text c="dimmed">{children}</Text>;
}

function Environments({ environments }: { readonly environments: Overview['environments'] }) {
  const { admin } = useSignedIn();
  if (environments.length === 0) {
    if (!admin) return <Nothing>There is no environment that your projects reach.</Nothing>;
    return (
      <Text>
        There is no environment yet.{' '}
        <Anchor component={Link} href="/environments">
          Make one
        </Anchor>
        , so that JWKs have somewhere to go.
      </Text>
    );
  }
  return (
    <Stack gap="sm">
      {environments.map(({ name, type, revision, nodes }) => (
        <div key={name}>
          <Group justify="space-between">
            {admin ? (
              <Anchor component={Link} href={environmentPath(name)} fw={600}>
                {name}
              </Anchor>
            ) : (
              <Text fw={600}>{name}</Text>
            )}
            <Text size="sm" c="dimmed">
              {type.toLowerCase()}, revision {revision}
            </Text>
          </Group>
          {nodes.length === 0 && (
            <Nothing>
              No node has joined it.{' '}
              {admin && (
                <Anchor component={Link} href={environmentPath(name)}>
                  Get the command that joins one
                </Anchor>
              )}
            </Nothing>
          )}
          {nodes.map((node) => (
            <Group key={node.name} gap="xs" wrap="nowrap" mt={4}>
              <Status of={nodeStatuses[node.state]} />
              <Text size="sm">
                {node.name}
                {node.state !== 'CURRENT' && (
                  <Text span c="dimmed">
                    {' '}
                    at revision {node.appliedRevision}, last seen <Time at={node.lastSeenAt} />
                    {node.reason !== null && `: ${node.reason}`}
                  </Text>
                )}
              </Text>
            </Group>
          ))}
        </div>
      ))}
    </Stack>
  );
}

function Counts({ overview: { projects, jwksByType, jwksByUse } }: { readonly overview: Overview }) {
  const session = useSignedIn();
  const uses = { signature: jwksByUse.sig, encryption: jwksByUse.enc, 'either use': jwksByUse.none };
  return (
    <Stack gap="sm">
      <Text>
        By type: {listOf(jwksByType)}. By use: {listOf(uses)}.
      </Text>
      {projects.length === 0 && !session.admin && (
        <Nothing>You are no member of a project whose JWKs you may see.</Nothing>
      )}
      {projects.length === 0 && session.admin && (
        <Text>
          There is no project yet.{' '}
          <Anchor component={Link} href="/projects">
            Make one
          </Anchor>
          .
        </Text>
      )}
      <ul>
        {projects.map(({ name, jwks }) => (
          <li key={name}>
            <Anchor component={Link} href={projectPath(name, 'jwks')}>
              {name}
            </Anchor>
            : {jwks}
            {jwks === 0 && mayIn(session, name, 'ROLE_API_SECURITY', 'ROLE_DEPLOY_UNDEPLOY_PROXIES') && (
              <>
                {', '}
                <Anchor component={Link} href={projectPath(name, 'new-jwk')}>
                  make the first
                </Anchor>
              </>
            )}
          </li>
        ))}
      </ul>
    </Stack>
  );
}

function listOf(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ');
}

function Expiring({ items }: { readonly items: Overview['expiring'] }) {
  if (items.length === 0) return <Nothing>None.</Nothing>;
  return (
    <Table>
      <Table.Tbody>
        {items.map(({ projectName, name, expirationTime }) => (
          <Table.Tr key={`${projectName} ${name}`}>
            <Table.Td>
              <Anchor component={Link} href={projectPath(projectName, 'jwks', name)}>
                {name}
              </Anchor>
              <Text size="sm" c="dimmed">
                {projectName}
              </Text>
            </Table.Td>
            <Table.Td>
              <Time at={expirationTime} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Failing({ items }: { readonly items: Overview['failingSources'] }) {
  if (items.length === 0) return <Nothing>None.</Nothing>;
  return (
    <Stack gap="xs">
      {items.map(({ projectName, name, sourceStateSince, sourceStateReason, sourceUrl }) => (
        <div key={`${projectName} ${name}`}>
          <Anchor component={Link} href={projectPath(projectName, 'jwks', name)}>
            {name}
          </Anchor>{' '}
          <Text span size="sm" c="dimmed">
            {sourceUrl} since <Time at={sourceStateSince} />
          </Text>
          <Text size="sm">{sourceStateReason}</Text>
        </div>
      ))}
    </Stack>
  );
}

function SharedKids({ items }: { readonly items: Overview['sharedKids'] }) {
  if (items.length === 0) return <Nothing>None.</Nothing>;
  return (
    <Stack gap="xs">
      {items.map(({ kid, environmentName, published, leftOut }) => (
        <div key={JSON.stringify([kid, environmentName, published[0]])}>
          <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
            {kid}
          </Text>
          {environmentName === null ? (
            <Text size="sm">
              The set of the project has all of <Jwks jwks={published} />. Verifiers cannot tell them apart.
            </Text>
          ) : (
            <Text size="sm">
              The set of environment {environmentName} leaves out <Jwks jwks={leftOut} />
              {published.length > 0 && (
                <>
                  {' '}
                  for <Jwks jwks={published} />
                </>
              )}
              . Give verifiers the address of the project's set.
            </Text>
          )}
        </div>
      ))}
    </Stack>
  );
}

function Jwks({ jwks }: { readonly jwks: Overview['sharedKids'][number]['published'] }) {
  return jwks.map(({ projectName, name }, at) => (
    <span key={`${projectName} ${name}`}>
      {at > 0 && ', '}
      <Anchor component={Link} href={projectPath(projectName, 'jwks', name)}>
        {name}
      </Anchor>{' '}
      of {projectName}
    </span>
  ));
}
