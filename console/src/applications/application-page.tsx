import { Alert, Anchor, Button, Code, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { flushSync } from 'react-dom';
import { Link, useParams } from 'wouter';
import type { ApplicationDetail } from '../../../clients/typescript/src/index.ts';
import { keyplane } from '../api/keyplane.ts';
import { useChange } from '../api/use-change.ts';
import { CopyButton } from '../display/copy-button.tsx';
import { DangerButton } from '../display/danger-button.tsx';
import { type Column, DataTable } from '../display/data-table.tsx';
import { DeploymentNote } from '../display/deployment-note.tsx';
import { Facts } from '../display/facts.tsx';
import { ConfirmByName } from '../display/form/confirm-by-name.tsx';
import { type Announcement, useLastDeployment } from '../display/last-deployment.ts';
import { PageHeader } from '../display/page-header.tsx';
import { QueryView } from '../display/query-view.tsx';
import { Section } from '../display/section.tsx';
import { Instant, Time } from '../display/time.tsx';
import { Block } from '../jwk-detail/public-part.tsx';
import { useMayDeploy } from '../jwks/deploying-role.ts';
import { projectPath } from '../layout/project.ts';
import { ApplicationDialog } from './application-dialog.tsx';
import { type ApplicationRef, GrantTexts } from './application-words.tsx';
import { ReplaceToken } from './replace-token.tsx';
import { useShownToken } from './shown-token.ts';
import { signCommand } from './sign-command.ts';

/** Nodes report usage every ten seconds. */
const refreshMs = 5_000;

/** One application: what it may do, and what it did. */
export function ApplicationPage() {
  const { projectName = '', applicationName = '' } = useParams<{
    projectName: string;
    applicationName: string;
  }>();
  const [deleted, setDeleted] = useState<Announcement>();
  const up = { path: projectPath(projectName, 'applications'), label: 'Applications' };
  if (deleted !== undefined) {
    return (
      <Stack>
        <PageHeader title={deleted.title} up={up} />
        <DeploymentNote result={deleted.result} />
        <Anchor component={Link} href={up.path}>
          Applications of {projectName}
        </Anchor>
      </Stack>
    );
  }
  return (
    <Shown
      key={`${projectName}/${applicationName}`}
      appRef={{ projectName, applicationName }}
      // At once, so that nothing asks for an application that does not exist any more.
      onDeleted={(announcement) => flushSync(() => setDeleted(announcement))}
    />
  );
}

function Shown({
  appRef,
  onDeleted,
}: {
  readonly appRef: ApplicationRef;
  readonly onDeleted: (announcement: Announcement) => void;
}) {
  const { projectName, applicationName } = appRef;
  const [dialog, setDialog] = useState<'edit' | 'token' | 'delete'>();
  const last = useLastDeployment(['applications', projectName, applicationName]);
  const mayDeploy = useMayDeploy(projectName);
  const close = () => setDialog(undefined);
  const found = useQuery({
    queryKey: ['application', appRef],
    queryFn: async () => {
      const [application] = (await keyplane.getApplication(appRef)).resultList;
      if (application === undefined) throw new Error('The manager answered without the application');
      return application;
    },
    refetchInterval: refreshMs,
  });
  return (
    <Stack>
      <PageHeader
        title={applicationName}
        up={{ path: projectPath(projectName, 'applications'), label: 'Applications' }}
      >
        {mayDeploy && found.data !== undefined && (
          <>
            <Button variant="default" onClick={() => setDialog('edit')}>
              Edit
            </Button>
            <Button variant="default" onClick={() => setDialog('token')}>
              Replace token
            </Button>
            <DangerButton onClick={() => setDialog('delete')}>Delete</DangerButton>
          </>
        )}
      </PageHeader>
      <ShownToken appRef={appRef} />
      {last.announcement !== null && <DeploymentNote {...last.announcement} onClose={last.close} />}
      <QueryView query={found}>
        {(application) => (
          <>
            <Sections projectName={projectName} application={application} />
            {dialog === 'edit' && (
              <ApplicationDialog
                projectName={projectName}
                application={application}
                onDone={close}
                onClose={close}
              />
            )}
            {dialog === 'token' && <ReplaceToken appRef={appRef} onClose={close} />}
            {dialog === 'delete' && <DeleteApplication appRef={appRef} onDone={onDeleted} onClose={close} />}
          </>
        )}
      </QueryView>
    </Stack>
  );
}

function ShownToken({ appRef }: { readonly appRef: ApplicationRef }) {
  const { token, close } = useShownToken(appRef);
  if (token === null) return null;
  return (
    <Alert
      role="status"
      variant="outline"
      color="green"
      title={`The token of ${appRef.applicationName}`}
      withCloseButton
      closeButtonLabel="Close"
      onClose={close}
    >
      <Stack gap="xs">
        <Text size="sm">Copy it now. It is not shown again: keyplane stores only its hash.</Text>
        <Code block data-testid="token">
          {token}
        </Code>
        <Group>
          <CopyButton value={token} label="Copy the token" />
        </Group>
      </Stack>
    </Alert>
  );
}

function Sections({
  projectName,
  application,
}: {
  readonly projectName: string;
  readonly application: ApplicationDetail;
}) {
  const { description, expiresAt, grants, lastUsedAt, formerTokensValidUntil, createdAt } = application;
  const command = signCommand(projectName, grants);
  return (
    <>
      {description !== null && <Text>{description}</Text>}
      <Section title="Details">
        <Facts
          facts={[
            ['May', <GrantTexts key="grants" projectName={projectName} grants={grants} />],
            ['Expires', <Instant key="expires" at={expiresAt} fallback="never" />],
            ['Last used', <Time key="used" at={lastUsedAt} />],
            [
              'Former tokens',
              formerTokensValidUntil.length === 0 ? null : (
                <FormerTokens key="former" until={formerTokensValidUntil} />
              ),
            ],
            ['Created', <Instant key="created" at={createdAt} />],
          ]}
        />
      </Section>
      <Usage application={application} />
      {command !== undefined && (
        <Section
          title="Sign"
          description="At a node that was started with an operations listener. Replace NODE with its host and port"
        >
          <Block label="curl command" text={command} />
        </Section>
      )}
    </>
  );
}

function FormerTokens({ until }: { readonly until: readonly string[] }) {
  return until.map((end) => (
    <div key={end}>
      one is valid until <Instant at={end} />
    </div>
  ));
}

type UsageRow = ApplicationDetail['usage'][number];

const usageColumns: readonly Column<UsageRow>[] = [
  { header: 'Key', kind: 'title', cell: ({ keyName }) => keyName },
  { header: 'Operation', cell: ({ operation }) => operation.toLowerCase() },
  { header: 'Outcome', cell: ({ outcome }) => outcome.toLowerCase() },
  { header: 'Count', cell: ({ count }) => count.toLocaleString('en') },
  { header: 'Last', cell: ({ lastUsedAt }) => <Time at={lastUsedAt} /> },
];

function Usage({ application: { usage } }: { readonly application: ApplicationDetail }) {
  return (
    <Section title="Usage" description="As nodes report it, every 10 seconds">
      {usage.length === 0 ? (
        <Text size="sm" c="dimmed">
          It was not used yet.
        </Text>
      ) : (
        <DataTable
          caption="Usage by key"
          columns={usageColumns}
          items={usage}
          rowKey={({ keyName, operation, outcome }) => `${keyName} ${operation} ${outcome}`}
        />
      )}
    </Section>
  );
}

function DeleteApplication({
  appRef,
  onDone,
  onClose,
}: {
  readonly appRef: ApplicationRef;
  readonly onDone: (announcement: Announcement) => void;
  readonly onClose: () => void;
}) {
  const name = appRef.applicationName;
  const remove = useChange(
    () => keyplane.deleteApplication(appRef),
    ({ deploymentResult }) => onDone({ title: `${name} is deleted`, result: deploymentResult }),
  );
  return (
    <ConfirmByName
      title={`Delete ${name}`}
      name={name}
      action="Delete the application"
      error={remove.error}
      isPending={remove.isPending}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      <Text>Nodes reject its tokens from now on. What it signed stays valid.</Text>
    </ConfirmByName>
  );
}
