import { Anchor, Button, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useLocation, useParams } from 'wouter';
import { DeletionScope, useDeletion } from '../api/deletion.tsx';
import { keyplane } from '../api/keyplane.ts';
import { DangerButton } from '../display/danger-button.tsx';
import { ConfirmByName } from '../display/form/confirm-by-name.tsx';
import { PageHeader } from '../display/page-header.tsx';
import { Section } from '../display/section.tsx';
import { ProjectSetAddresses } from '../environments/set-addresses.tsx';
import { projectPath } from '../layout/project.ts';
import { useSignedIn } from '../session/session-context.ts';
import { ProjectMembers } from './members.tsx';
import { type EditedProject, ProjectDialog } from './project-dialog.tsx';

/** One project: the addresses of its JWK Set and, for administrators, its members. */
export function ProjectPage() {
  const { projectName = '' } = useParams<{ projectName: string }>();
  return (
    <DeletionScope key={projectName}>
      <Found projectName={projectName} />
    </DeletionScope>
  );
}

function Found({ projectName }: { readonly projectName: string }) {
  const session = useSignedIn();
  const [dialog, setDialog] = useState<'edit' | 'delete' | undefined>();
  const close = () => setDialog(undefined);
  const project = session.projects.find(({ name }) => name === projectName);
  if (project === undefined) {
    return <PageHeader title={`There is no project ${projectName} that you can see`} up={up} />;
  }
  return (
    <Stack>
      <PageHeader title={project.name} up={up}>
        {session.admin && (
          <>
            <Button variant="default" onClick={() => setDialog('edit')}>
              Edit
            </Button>
            <DangerButton onClick={() => setDialog('delete')}>Delete</DangerButton>
          </>
        )}
      </PageHeader>
      {project.description !== null && <Text>{project.description}</Text>}
      <Section
        title="Addresses of its JWK Set"
        description="Give verifiers the address of their environment. It lists the public keys of this project alone."
      >
        <ProjectSetAddresses projectName={project.name} />
        <SetFacts projectName={project.name} />
      </Section>
      {project.roles.length === 0 && !session.admin && (
        <Text c="dimmed">You have no role in this project, so you can read nothing in it.</Text>
      )}
      {session.admin && <ProjectMembers projectName={project.name} />}
      {dialog === 'edit' && <ProjectDialog project={project} onDone={close} onClose={close} />}
      {dialog === 'delete' && <DeleteProject project={project} onClose={close} />}
    </Stack>
  );
}

/** Which key types are in its JWK Set, and which key ring signs the list of retired and revoked keys. */
function SetFacts({ projectName }: { readonly projectName: string }) {
  const found = useQuery({
    queryKey: ['project-settings', projectName, 'shown'],
    queryFn: async () => {
      const { resultList } = await keyplane.listProjects({ search: projectName, page: '1', size: '100' });
      const project = resultList.find(({ name }) => name === projectName);
      return { signer: project?.historicalKeyRingName ?? null, keyTypes: project?.publishKeyTypes ?? [] };
    },
  });
  if (found.data === undefined) return null;
  const { signer, keyTypes } = found.data;
  return (
    <Text size="sm" mt="sm">
      The set has keys of the types {keyTypes.join(', ')}. Nodes sign the list of retired and revoked keys
      with{' '}
      {signer === null ? (
        'the key ring for signatures, if there is exactly one'
      ) : (
        <Anchor component={Link} href={projectPath(projectName, 'key-rings', signer)} fz="inherit">
          {signer}
        </Anchor>
      )}
      .
    </Text>
  );
}

const up = { path: '/projects', label: 'Projects' };

function DeleteProject({
  project: { name },
  onClose,
}: {
  readonly project: EditedProject;
  readonly onClose: () => void;
}) {
  const [, navigate] = useLocation();
  const counts = useQuery({
    queryKey: ['project-counts', name],
    queryFn: async () => {
      const asked = { projectName: name, page: '1', size: '1' };
      const found = await Promise.all([
        keyplane.listJwks(asked),
        keyplane.listCertificates(asked),
        keyplane.listKeys(asked),
        keyplane.listKeystores(asked),
      ]);
      return found.map(({ resultCount }) => resultCount);
    },
  });
  const remove = useDeletion(
    () => keyplane.deleteProject({ projectName: name }),
    () => navigate('/projects'),
  );
  const [jwks, certificates, keys, keystores] = counts.data ?? [];
  return (
    <ConfirmByName
      title={`Delete ${name}`}
      name={name}
      action="Delete the project"
      error={remove.error}
      isPending={remove.isPending}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      <Text>
        This undeploys from every environment and deletes{' '}
        {counts.data === undefined
          ? 'everything in it'
          : `${jwks} JWKs, ${certificates} certificates, ${keys} keys, ${keystores} keystores`}
        , and its memberships.
      </Text>
      <Text>Users and environments stay, and so does the audit record.</Text>
    </ConfirmByName>
  );
}
