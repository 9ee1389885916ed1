import { Anchor, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { Overview } from '../../../clients/typescript/src/index.ts';
import { keyplane } from '../api/keyplane.ts';
import { AuditRecordTable } from '../display/audit-table.tsx';
import { PageHeader } from '../display/page-header.tsx';
import { QueryView } from '../display/query-view.tsx';
import { Section } from '../display/section.tsx';
import { Legend, Status } from '../display/status.tsx';
import { nodeStatuses } from '../display/status-words.ts';
import { Time } from '../display/time.tsx';
import { environmentPath } from '../environments/environment-path.ts';
import { projectPath } from '../layout/project.ts';
import { useSignedIn } from '../session/session-context.ts';
import { Expiring, FailingSources, SharedKids, UnsteadyRings } from './attention.tsx';
import { FirstSteps } from './first-steps.tsx';

const refreshMs = 3_000;
/** Those with the most JWKs; the list of projects has the others. */
const mostProjects = 8;

/** First steps, what needs attention, and the status of the installation. */
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
  const { expiring, expiringCount, failingSources, failingSourceCount, sharedKids, sharedKidCount } =
    overview;
  const { keyRings, keyRingCount } = overview;
  const nothing = expiringCount + failingSourceCount + sharedKidCount + keyRingCount === 0;
  const hasJwks = overview.projects.some(({ jwks }) => jwks > 0);
  return (
    <Stack>
      <FirstSteps overview={overview} />
      <div className="overview">
        {keyRingCount > 0 && <UnsteadyRings items={keyRings} count={keyRingCount} />}
        {expiringCount > 0 && <Expiring items={expiring} count={expiringCount} />}
        {failingSourceCount > 0 && <FailingSources items={failingSources} count={failingSourceCount} />}
        {sharedKidCount > 0 && <SharedKids items={sharedKids} count={sharedKidCount} />}
        {overview.projects.length > 0 && <Projects overview={overview} />}
        {overview.environments.length > 0 && <Environments environments={overview.environments} />}
      </div>
      {nothing && hasJwks && (
        <Text size="sm" c="dimmed">
          No key expires within 30 days, every URL source works, and no kid names two keys.
        </Text>
      )}
      <LastChanges records={overview.lastChanges} />
    </Stack>
  );
}

function LastChanges({ records }: { readonly records: Overview['lastChanges'] }) {
  const { admin, projects } = useSignedIn();
  if (records.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {projects.length === 0 && !admin
          ? 'You are not a member of any project. An administrator can add you to one.'
          : 'No JWK, certificate, key or keystore has changed yet.'}
      </Text>
    );
  }
  return (
    <Section
      title="Last changes of keys"
      actions={
        admin && (
          <Anchor component={Link} href="/audit" size="sm">
            Audit log
          </Anchor>
        )
      }
    >
      <AuditRecordTable records={records} caption="Last changes of keys, newest first" />
    </Section>
  );
}

function Environments({ environments }: { readonly environments: Overview['environments'] }) {
  return (
    <Section
      title="Environments and nodes"
      actions={<Legend label="What the status of a node means" words={Object.values(nodeStatuses)} />}
    >
      <Stack gap="sm">
        {environments.map((environment) => (
          <Environment key={environment.name} environment={environment} />
        ))}
      </Stack>
    </Section>
  );
}

function Environment({ environment }: { readonly environment: Overview['environments'][number] }) {
  const { admin } = useSignedIn();
  const { name, type, nodes } = environment;
  return (
    <div>
      <Group justify="space-between" gap="xs">
        {admin ? (
          <Anchor component={Link} href={environmentPath(name)} fw={600}>
            {name}
          </Anchor>
        ) : (
          <Text fw={600}>{name}</Text>
        )}
        <Text size="sm" c="dimmed">
          {type.toLowerCase()}
        </Text>
      </Group>
      {nodes.length === 0 && (
        <Text size="sm" c="dimmed">
          No node has joined, so nothing serves its keys.{' '}
          {admin && (
            <Anchor component={Link} href={environmentPath(name)} fz="inherit">
              Join a node
            </Anchor>
          )}
        </Text>
      )}
      <ul className="rows" data-tight>
        {nodes.map((node) => (
          <li key={node.name}>
            <span>
              {node.name}
              {node.state !== 'CURRENT' && (
                <Text span c="dimmed" fz="inherit">
                  {' '}
                  last seen <Time at={node.lastSeenAt} />
                  {node.reason !== null && `: ${node.reason}`}
                </Text>
              )}
            </span>
            <Status of={nodeStatuses[node.state]} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function Projects({ overview: { projects, jwksByType } }: { readonly overview: Overview }) {
  const { admin } = useSignedIn();
  const types = Object.entries(jwksByType).filter(([, count]) => count > 0);
  const largest = projects.toSorted((one, other) => other.jwks - one.jwks).slice(0, mostProjects);
  return (
    <Section
      title="JWKs by project"
      {...(types.length > 0 && {
        description: types.map(([type, count]) => `${count} ${type}`).join(', '),
      })}
    >
      <ul className="rows" data-tight>
        {largest.map(({ name, jwks }) => (
          <li key={name}>
            <Anchor component={Link} href={projectPath(name, 'jwks')} fz="inherit" fw={500}>
              {name}
            </Anchor>
            <span>{jwks === 1 ? '1 JWK' : `${jwks.toLocaleString('en')} JWKs`}</span>
          </li>
        ))}
      </ul>
      {projects.length > mostProjects && (
        <Text size="sm" c="dimmed" mt="xs">
          and {projects.length - mostProjects} more
          {admin && (
            <>
              :{' '}
              <Anchor component={Link} href="/projects" fz="inherit">
                all projects
              </Anchor>
            </>
          )}
        </Text>
      )}
    </Section>
  );
}
