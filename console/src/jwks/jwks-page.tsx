import { Anchor, Button, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { Link, useParams } from 'wouter';
import { keyplane } from '../api/keyplane.ts';
import { DangerButton } from '../display/danger-button.tsx';
import { EmptyState } from '../display/empty-state.tsx';
import { useListView } from '../display/list-query.ts';
import { PageHeader } from '../display/page-header.tsx';
import { ServerTable, type TableColumn } from '../display/server-table.tsx';
import { Legend, Status } from '../display/status.tsx';
import { deploymentStatuses, sourceStatuses, validityStatuses } from '../display/status-words.ts';
import { Day } from '../display/time.tsx';
import { projectPath } from '../layout/project.ts';
import { RingLink } from '../rings/ring-link.tsx';
import { DeleteJwks } from './delete-jwks.tsx';
import { DeployedWhere } from './deployed-where.tsx';
import { useMayDeploy } from './deploying-role.ts';
import { ExportJwks } from './export-jwks.tsx';
import { JwkFilters, jwkFilterQuery } from './jwk-filters.tsx';
import { keyText, type ListedJwk, sourceWords, useWords, validityState } from './jwk-words.ts';

const words = [...Object.values(deploymentStatuses), validityStatuses.expiring, validityStatuses.expired];
const refreshMs = 5_000;

/** The JWKs of a project: searched, sorted, filtered and paged by the server. */
export function JwksPage() {
  const { projectName = '' } = useParams<{ projectName: string }>();
  const mayDeploy = useMayDeploy(projectName);
  const view = useListView('name,asc');
  const filters = jwkFilterQuery(view);
  const [deleting, setDeleting] = useState<Deleting>();
  const create = mayDeploy && (
    <Button component={Link} href={projectPath(projectName, 'new-jwk')}>
      New JWK
    </Button>
  );
  return (
    <Stack>
      <PageHeader title="JWKs">
        <Legend label="What the words in this list mean" words={words} />
        {create}
      </PageHeader>
      <ServerTable
        caption="JWKs"
        view={view}
        queryKey={['jwks', projectName, filters]}
        fetchPage={(query) =>
          keyplane.listJwks({ projectName, ...query, ...filters, withDeployments: 'true' })
        }
        columns={columnsOf(projectName)}
        rowKey={({ name }) => name}
        searchLabel="Search by name or description"
        filters={<JwkFilters view={view} />}
        filtered={Object.keys(filters).length > 0}
        refreshMs={refreshMs}
        bulk={{
          nameOf: ({ name }) => name,
          actions: (selected, clear) => {
            const names = selected.map(({ name }) => name);
            const isOfRing = selected.some(({ ringName }) => ringName !== null);
            return (
              <>
                <ExportJwks projectName={projectName} names={names} />
                {mayDeploy && !isOfRing && (
                  <DangerButton size="compact-sm" onClick={() => setDeleting({ names, clear })}>
                    Delete
                  </DangerButton>
                )}
                {mayDeploy && isOfRing && (
                  <Text size="sm" c="dimmed">
                    Keys of key rings cannot be deleted by themselves.
                  </Text>
                )}
              </>
            );
          },
        }}
        empty={
          <EmptyState
            icon="jwk"
            title="This project has no JWK yet"
            text="A JWK is one key, from any source. keyplane deploys it to every node of the project’s environments, where verifiers fetch its public part."
          >
            {create}
          </EmptyState>
        }
      />
      {deleting !== undefined && (
        <DeleteJwks
          projectName={projectName}
          names={deleting.names}
          onDone={() => {
            deleting.clear();
            setDeleting(undefined);
          }}
          onClose={() => setDeleting(undefined)}
        />
      )}
    </Stack>
  );
}

interface Deleting {
  readonly names: readonly string[];
  /** Ends the selection. */
  readonly clear: () => void;
}

function columnsOf(projectName: string): readonly TableColumn<ListedJwk>[] {
  return [
    {
      header: 'Name',
      sort: 'name',
      kind: 'title',
      cell: (jwk) => (
        <>
          {/* A separate block: a link within a text would need more than its colour to be seen. */}
          <div>
            <Anchor component={Link} href={projectPath(projectName, 'jwks', jwk.name)} fw={500}>
              {jwk.name}
            </Anchor>
          </div>
          {jwk.ringName !== null && (
            <Text size="xs" component="div" className="second-link">
              <RingLink projectName={projectName} jwk={jwk} />
            </Text>
          )}
          {jwk.description !== null && (
            <Text size="xs" c="dimmed" lineClamp={1} title={jwk.description}>
              {jwk.description}
            </Text>
          )}
        </>
      ),
    },
    { header: 'Type', sort: 'type', cell: (jwk) => <span className="whole">{keyText(jwk)}</span> },
    { header: 'Algorithm', cell: usage },
    {
      header: 'kid',
      sort: 'kid',
      from: 'wide',
      cell: ({ kid }) => (
        <span className="mono kid" title={kid ?? undefined}>
          {kid ?? 'none'}
        </span>
      ),
    },
    { header: 'Source', from: 'medium', cell: source },
    { header: 'Deployed', cell: (jwk) => <DeployedWhere {...jwk} /> },
    { header: 'Expires', sort: 'expirationTime', cell: (jwk) => <Expiry jwk={jwk} /> },
  ];
}

function usage({ use, algorithm }: ListedJwk) {
  return (
    <span className="whole">
      {algorithm ?? 'any'}{' '}
      <Text span c="dimmed" fz="inherit">
        {use === null ? '' : (useWords[use] ?? use)}
      </Text>
    </span>
  );
}

function source({ sourceType, sourceState }: ListedJwk) {
  return (
    <>
      {sourceWords[sourceType] ?? sourceType}
      {sourceState !== undefined && sourceState !== 'FRESH' && (
        <div>
          <Status of={sourceStatuses[sourceState]} />
        </div>
      )}
    </>
  );
}

/** The expiration time, with a status only if a user may have to act. */
function Expiry({ jwk }: { readonly jwk: ListedJwk }) {
  const status = validityStatuses[validityState(jwk, Date.now())];
  return (
    <>
      {status.tone !== 'quiet' && (
        <div>
          <Status of={status} />
        </div>
      )}
      <Day at={jwk.expirationTime} />
    </>
  );
}
