import { Alert, Button, Code, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useParams } from 'wouter';
import type { ApplicationDetail } from '../../../clients/typescript/src/index.ts';
import { keyplane } from '../api/keyplane.ts';
import { CopyButton } from '../display/copy-button.tsx';
import { DangerButton } from '../display/danger-button.tsx';
import { DataTable, type TableColumn } from '../display/data-table.tsx';
import { DeletablePage } from '../display/deletable-page.tsx';
import { DeploymentNote } from '../display/deployment-note.tsx';
import { Facts } from '../display/facts.tsx';
import { DeleteByName } from '../display/form/delete-by-name.tsx';
import { type Announcement, useLastDeployment } from '../display/last-deployment.ts';
import { PageHeader } from '../display/page-header.tsx';
import { QueryView } from '../display/query-view.tsx';
import { Section } from '../display/section.tsx';
import { Instant, Time } from '../display/time.tsx';
import { Block } from '../jwk-detail/public-part.tsx';
import { useMayDeploy } from '../jwks/deploying-role.ts';
import { projectPath } from '../layout/project.ts';
import { nodeCommandLine } from '../node-operations/node-command.ts';
import { LastUses, UsageSection } from '../usage/usage.tsx';
import { ApplicationDialog } from './application-dialog.tsx';
import { type ApplicationRef, GrantTexts } from './application-words.tsx';
import { ReplaceToken } from './replace-token.tsx';
import { useShownTokens } from './shown-token.ts';

/** Nodes report usage every ten seconds. */
const refreshMs = 5_000;

/** One application: what it may do, and what it did. */
export function ApplicationPage() {
  const { projectName = '', applicationName = '' } = useParams<{
    projectName: string;
    applicationName: string;
  }>();
  const up = { path: projectPath(projectName, 'applications'), label: 'Applications' };
  return (
    <DeletablePage up={up} projectName={projectName}>
      {(onDeleted) => (
        <Shown
          key={`${projectName}/${applicationName}`}
          appRef={{ projectName, applicationName }}
          onDeleted={onDeleted}
        />
      )}
    </DeletablePage>
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
      if (application === undefined) throw new Error('The manager responded without the application');
      return application;
    },
    refetchInterval: refreshMs,
  });
  const tokenNames = (found.data?.credentials ?? []).flatMap(({ type, name }) =>
    type === 'TOKEN' && name !== undefined ? [name] : [],
  );
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
            {tokenNames.length > 0 && (
              <Button variant="default" onClick={() => setDialog('token')}>
                Replace token
              </Button>
            )}
            <DangerButton onClick={() => setDialog('delete')}>Delete</DangerButton>
          </>
        )}
      </PageHeader>
      <ShownTokens appRef={appRef} />
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
            {dialog === 'token' && <ReplaceToken appRef={appRef} names={tokenNames} onClose={close} />}
            {dialog === 'delete' && <DeleteApplication appRef={appRef} onDone={onDeleted} onClose={close} />}
          </>
        )}
      </QueryView>
    </Stack>
  );
}

function ShownTokens({ appRef }: { readonly appRef: ApplicationRef }) {
  const { tokens, close } = useShownTokens(appRef);
  const [only, ...others] = tokens;
  if (only === undefined) return null;
  return (
    <Alert
      role="status"
      variant="outline"
      color="green"
      title={
        others.length === 0 ? `The token of ${appRef.applicationName}` : `Tokens of ${appRef.applicationName}`
      }
      withCloseButton
      closeButtonLabel="Close"
      onClose={close}
    >
      <Stack gap="xs">
        <Text size="sm">Copy it now. It is not shown again: keyplane stores only its hash.</Text>
        {tokens.map(({ name, token }) => (
          <Stack key={name} gap={4}>
            {others.length > 0 && <Text size="sm">{name}</Text>}
            <Code block data-testid="token">
              {token}
            </Code>
            <Group>
              <CopyButton value={token} label={others.length === 0 ? 'Copy the token' : `Copy ${name}`} />
            </Group>
          </Stack>
        ))}
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
  const [grant] = grants;
  const [operation] = grant?.operations ?? [];
  return (
    <>
      {description !== null && <Text>{description}</Text>}
      <Section title="Details">
        <Facts
          facts={[
            ['Grants', <GrantTexts key="grants" projectName={projectName} grants={grants} />],
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
      <Credentials application={application} />
      <UsageSection projectName={projectName} applicationName={application.name} />
      {grant !== undefined && operation !== undefined && (
        <Section
          title="Call a node"
          description="At a node that was started with an operations listener. Replace NODE with its host and port"
        >
          <Block label="curl command" text={nodeCommandLine(projectName, grant, operation)} />
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

type CredentialRow = ApplicationDetail['credentials'][number];

const credentialTypes: Readonly<Record<CredentialRow['type'], string>> = {
  TOKEN: 'token',
  MTLS: 'client certificate',
  JWT: 'JWT',
};

const credentialColumns: readonly TableColumn<CredentialRow>[] = [
  { header: 'Credential', kind: 'title', cell: ({ type, name }) => name ?? credentialTypes[type] },
  { header: 'Type', cell: ({ type }) => credentialTypes[type] },
  { header: 'Known by', cell: (one) => <KnownBy credential={one} /> },
  { header: 'Expires', cell: ({ expiresAt }) => <Instant at={expiresAt ?? null} fallback="never" /> },
];

function KnownBy({ credential: one }: { readonly credential: CredentialRow }) {
  switch (one.type) {
    case 'TOKEN':
      return 'its token';
    case 'MTLS':
      return one.uriSan ?? `the public key with SHA-256 ${one.spkiSha256}`;
    case 'JWT':
      return [
        `issuer ${one.issuer}`,
        `audience ${one.audience}`,
        `subject ${one.subject}`,
        ...(Object.keys(one.claims ?? {}).length === 0 ? [] : [`claims ${JSON.stringify(one.claims)}`]),
        one.jwksUri === undefined ? `verified with JWK ${one.jwkName}` : `verified with ${one.jwksUri}`,
        ...(one.singleUse === true ? ['each accepted once per node'] : []),
      ].map((line) => <div key={line}>{line}</div>);
    default:
      return one.type satisfies never;
  }
}

type KeySetRow = ApplicationDetail['keySets'][number];

const keySetColumns: readonly TableColumn<KeySetRow>[] = [
  { header: 'JWK Set of the issuer', kind: 'title', cell: ({ jwksUri }) => jwksUri },
  { header: 'Keys', cell: ({ keyCount }) => keyCount },
  {
    header: 'State',
    cell: ({ state, stateReason }) => (state === 'FRESH' ? 'current' : `failing: ${stateReason ?? ''}`),
  },
  { header: 'Fetched', cell: ({ fetchedAt }) => <Time at={fetchedAt} /> },
];

function Credentials({ application }: { readonly application: ApplicationDetail }) {
  const { credentials, keySets } = application;
  return (
    <Section title="Credentials" description="Nodes recognise the application by any one of them">
      {credentials.length === 0 ? (
        <Text size="sm" c="dimmed">
          It has none, so no node recognises it.
        </Text>
      ) : (
        <DataTable
          caption="Credentials of the application"
          columns={credentialColumns}
          items={credentials}
          rowKey={(one) => JSON.stringify(one)}
        />
      )}
      {keySets.length > 0 && (
        <DataTable
          caption="JWK Sets of issuers"
          columns={keySetColumns}
          items={keySets}
          rowKey={({ jwksUri }) => jwksUri}
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
  return (
    <DeleteByName
      name={appRef.applicationName}
      what="the application"
      request={() => keyplane.deleteApplication(appRef)}
      onDone={onDone}
      onClose={onClose}
    >
      <Text>Nodes reject all of its credentials from now on. What it signed stays valid.</Text>
      <LastUses {...appRef} />
    </DeleteByName>
  );
}
