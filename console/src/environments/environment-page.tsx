import { Anchor, Button, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation, useParams } from 'wouter';
import { keyplane } from '../api/keyplane.ts';
import { useChange } from '../api/use-change.ts';
import { Facts } from '../display/facts.tsx';
import { ConfirmByName } from '../display/form/confirm-by-name.tsx';
import { PageHeader } from '../display/page-header.tsx';
import { QueryView } from '../display/query-view.tsx';
import { Section } from '../display/section.tsx';
import { Instant } from '../display/time.tsx';
import { EnrollmentTokens } from './enrollment-tokens.tsx';
import { type Environment, EnvironmentDialog } from './environment-dialog.tsx';
import { reachText } from './environments-page.tsx';
import { JoinNode } from './join-node.tsx';
import { NodeList } from './node-list.tsx';

/** One environment: what it is, the nodes that serve it, and what lets nodes in. */
export function EnvironmentPage() {
  const { environmentName = '' } = useParams<{ environmentName: string }>();
  const environment = useQuery({
    queryKey: ['environment', environmentName],
    queryFn: async () => {
      const { resultList } = await keyplane.listEnvironments({ search: environmentName });
      return resultList.find(({ name }) => name === environmentName) ?? null;
    },
  });
  return (
    <QueryView query={environment}>
      {(found) =>
        found === null ? (
          <PageHeader title={`There is no environment ${environmentName}`} up={up} />
        ) : (
          <Details environment={found} />
        )
      }
    </QueryView>
  );
}

const up = { path: '/environments', label: 'Environments' };

function Details({ environment }: { readonly environment: Environment }) {
  const [dialog, setDialog] = useState<'edit' | 'delete' | undefined>();
  const { name, description, type, accessUrl, projects, environmentSet, createdAt } = environment;
  const close = () => setDialog(undefined);
  return (
    <Stack>
      <PageHeader title={name} up={up}>
        <Button variant="default" onClick={() => setDialog('edit')}>
          Edit
        </Button>
        <Button variant="default" onClick={() => setDialog('delete')}>
          Delete
        </Button>
      </PageHeader>
      <Section title="What it is">
        <Facts
          facts={[
            ['Description', description],
            ['Type', type.toLowerCase()],
            ['Access URL', accessUrl && <Anchor href={accessUrl}>{accessUrl}</Anchor>],
            ['Reached by', reachText(projects)],
            ['JWK Sets', setsText(environmentSet)],
            ['Made', <Instant key="made" at={createdAt} />],
          ]}
        />
      </Section>
      <NodeList environmentName={name} />
      <JoinNode environmentName={name} />
      <EnrollmentTokens environmentName={name} />
      {dialog === 'edit' && <EnvironmentDialog environment={environment} onDone={close} onClose={close} />}
      {dialog === 'delete' && <DeleteEnvironment name={name} onClose={close} />}
    </Stack>
  );
}

function DeleteEnvironment({ name, onClose }: { readonly name: string; readonly onClose: () => void }) {
  const [, navigate] = useLocation();
  const nodes = useQuery({
    queryKey: ['nodes', name],
    queryFn: () => keyplane.listNodes({ environmentName: name }),
  });
  const remove = useChange(
    () => keyplane.deleteEnvironment({ environmentName: name }),
    () => navigate('/environments'),
  );
  const count = nodes.data?.resultCount;
  return (
    <ConfirmByName
      title={`Delete ${name}`}
      name={name}
      action="Delete the environment"
      error={remove.error}
      isPending={remove.isPending}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      <Text>
        Gone with it:{' '}
        {count === undefined ? 'its nodes' : count === 1 ? 'its one node' : `its ${count} nodes`}, its
        enrollment tokens, and what certificates, keys and keystores hold for it. Its nodes can not dial in
        again, and serve what they have until they are stopped.
      </Text>
      <Text>JWKs stay, and stay deployed to the other environments.</Text>
    </ConfirmByName>
  );
}

function setsText(environmentSet: boolean): string {
  const ofProject =
    'one of each project at /projects/{projectName}/.well-known/jwks.json of a node: give verifiers this address';
  return environmentSet ? `${ofProject}; one of all projects at /.well-known/jwks.json` : ofProject;
}
