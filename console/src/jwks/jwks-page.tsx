import { Anchor, Button, Stack, Text } from '@mantine/core';
import { Link, useParams } from 'wouter';
import { keyplane } from '../api/keyplane.ts';
import { EmptyState } from '../display/empty-state.tsx';
import { useListView } from '../display/list-query.ts';
import { PageHeader } from '../display/page-header.tsx';
import { type Column, ServerTable } from '../display/server-table.tsx';
import { Status } from '../display/status.tsx';
import { validityStatuses } from '../display/status-words.ts';
import { Day } from '../display/time.tsx';
import { projectPath } from '../layout/project.ts';
import { useMayDeploy } from './deploying-role.ts';
import { JwkFilters, jwkFilterQuery } from './jwk-filters.tsx';
import { type ListedJwk, sourceWords, useWords, validityState } from './jwk-words.ts';

/** The JWKs of a project: searched, sorted, filtered and paged by the server. */
export function JwksPage() {
  const { projectName = '' } = useParams<{ projectName: string }>();
  const mayDeploy = useMayDeploy(projectName);
  const view = useListView('name,asc');
  const filters = jwkFilterQuery(view);
  const make = mayDeploy && (
    <Button component={Link} href={projectPath(projectName, 'new-jwk')}>
      New JWK
    </Button>
  );
  return (
    <Stack>
      <PageHeader title="JWKs">{make}</PageHeader>
      <ServerTable
        caption="JWKs"
        view={view}
        queryKey={['jwks', projectName, filters]}
        fetchPage={(query) => keyplane.listJwks({ projectName, ...query, ...filters })}
        columns={columnsOf(projectName)}
        rowKey={({ name }) => name}
        searchLabel="Search by name or description"
        filters={<JwkFilters view={view} />}
        filtered={Object.keys(filters).length > 0}
        empty={
          <EmptyState
            icon="jwk"
            title="This project has no JWK yet."
            text="A JWK is one key, from any source. keyplane deploys it to every node of the project’s environments, where verifiers fetch its public part."
          >
            {make}
          </EmptyState>
        }
      />
    </Stack>
  );
}

function columnsOf(projectName: string): readonly Column<ListedJwk>[] {
  return [
    {
      header: 'Name',
      sort: 'name',
      cell: ({ name, description }) => (
        <>
          <Anchor component={Link} href={projectPath(projectName, 'jwks', name)}>
            {name}
          </Anchor>
          {description !== null && (
            <Text size="sm" c="dimmed" lineClamp={2}>
              {description}
            </Text>
          )}
        </>
      ),
    },
    { header: 'Type', sort: 'type', cell: ({ type }) => type },
    { header: 'kid', sort: 'kid', cell: ({ kid }) => <span className="mono">{kid ?? 'none'}</span> },
    { header: 'Use and algorithm', cell: usage },
    { header: 'Source', cell: source },
    {
      header: 'Expires',
      sort: 'expirationTime',
      cell: (jwk) => (
        <>
          <Expiry jwk={jwk} />
        </>
      ),
    },
  ];
}

function usage({ use, algorithm }: ListedJwk) {
  const words = [use === null ? undefined : (useWords[use] ?? use), algorithm ?? undefined];
  return words.filter((word) => word !== undefined).join(', ') || 'any';
}

function source({ sourceType, sourceState }: ListedJwk) {
  return (
    <>
      {sourceWords[sourceType] ?? sourceType}
      {sourceState !== undefined && sourceState !== 'FRESH' && (
        <Text size="sm" c="var(--mantine-color-error)">
          {sourceState.toLowerCase()}
        </Text>
      )}
    </>
  );
}

/** When it expires; a word only where somebody may have to act. */
function Expiry({ jwk }: { readonly jwk: ListedJwk }) {
  const status = validityStatuses[validityState(jwk, Date.now())];
  return (
    <>
      {status.tone !== 'quiet' && (
        <>
          <Status of={status} />{' '}
        </>
      )}
      <Day at={jwk.expirationTime} />
    </>
  );
}
