import { Anchor, Button, NativeSelect, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation, useParams } from 'wouter';
import { DeletionScope, useDeletion } from '../api/deletion.tsx';
import { keyplane } from '../api/keyplane.ts';
import { DangerButton } from '../display/danger-button.tsx';
import { Facts } from '../display/facts.tsx';
import { ConfirmByName } from '../display/form/confirm-by-name.tsx';
import { PageHeader } from '../display/page-header.tsx';
import { QueryView } from '../display/query-view.tsx';
import { Section } from '../display/section.tsx';
import { Instant } from '../display/time.tsx';
import { useSignedIn } from '../session/session-context.ts';
import { EnrollmentTokens } from './enrollment-tokens.tsx';
import { type Environment, EnvironmentDialog } from './environment-dialog.tsx';
import { reachText } from './environments-page.tsx';
import { JoinNode } from './join-node.tsx';
import { NodeList } from './node-list.tsx';
import { AccessUrlNote, SetAddress } from './set-addresses.tsx';

/** One environment: its details, its nodes, and its enrollment tokens. */
export function EnvironmentPage() {
  const { environmentName = '' } = useParams<{ environmentName: string }>();
  return (
    <DeletionScope key={environmentName}>
      <Found environmentName={environmentName} />
    </DeletionScope>
  );
}

function Found({ environmentName }: { readonly environmentName: string }) {
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
  const { name, description, type, accessUrl, projects, createdAt } = environment;
  const close = () => setDialog(undefined);
  return (
    <Stack>
      <PageHeader title={name} up={up}>
        <Button variant="default" onClick={() => setDialog('edit')}>
          Edit
        </Button>
        <DangerButton onClick={() => setDialog('delete')}>Delete</DangerButton>
      </PageHeader>
      <Section title="Details">
        <Facts
          facts={[
            ['Description', description],
            ['Type', type.toLowerCase()],
            ['Access URL', accessUrl && <Anchor href={accessUrl}>{accessUrl}</Anchor>],
            ['Available to', reachText(projects)],
            ['Created', <Instant key="created" at={createdAt} />],
          ]}
        />
      </Section>
      <SetAddresses environment={environment} />
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
  const remove = useDeletion(
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
        This also deletes{' '}
        {count === undefined ? 'its nodes' : count === 1 ? 'its node' : `its ${count} nodes`}, its enrollment
        tokens, and what certificates, keys and keystores hold for it. Its nodes cannot connect again. They
        keep serving what they have until they are stopped.
      </Text>
      <Text>JWKs stay, and stay deployed to the other environments.</Text>
    </ConfirmByName>
  );
}

function SetAddresses({ environment }: { readonly environment: Environment }) {
  const { name, accessUrl, environmentSet } = environment;
  const { projects } = useSignedIn();
  const reaching = projects.filter((project) => environment.projects?.includes(project.name) ?? true);
  const [chosen, setChosen] = useState('');
  const projectName = reaching.find((project) => project.name === chosen)?.name ?? reaching[0]?.name;
  return (
    <Section
      title="Addresses of JWK Sets"
      description="Each project has its own JWK Set. Give verifiers the address of their project’s set."
    >
      <Stack gap="sm">
        {projectName === undefined && <Text c="dimmed">No project reaches this environment.</Text>}
        {reaching.length > 1 && (
          <NativeSelect
            label="Project of the set"
            maw={280}
            value={projectName}
            data={reaching.map((project) => project.name)}
            onChange={(event) => setChosen(event.currentTarget.value)}
          />
        )}
        {projectName !== undefined && (
          <SetAddress
            label={`of ${projectName} in ${name}`}
            accessUrl={accessUrl}
            projectName={projectName}
          />
        )}
        {environmentSet ? (
          <SetAddress label={`of all projects in ${name}`} accessUrl={accessUrl} />
        ) : (
          <Text size="sm" c="dimmed">
            This environment serves no set of all projects.
          </Text>
        )}
        {accessUrl === null && <AccessUrlNote />}
      </Stack>
    </Section>
  );
}
