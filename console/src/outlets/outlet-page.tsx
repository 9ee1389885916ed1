import { Alert, Button, Stack, Text } from '@mantine/core';
import { type UseMutationResult, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useParams } from 'wouter';
import type {
  Outlet,
  OutletDelivery,
  OutletKind,
  OutletTrialList,
} from '../../../clients/typescript/src/index.ts';
import { keyplane } from '../api/keyplane.ts';
import { useChange } from '../api/use-change.ts';
import { apiPath } from '../curl/curl-command.ts';
import { DangerButton } from '../display/danger-button.tsx';
import { DataTable, type TableColumn } from '../display/data-table.tsx';
import { DeletablePage } from '../display/deletable-page.tsx';
import { DeploymentNote, resultOf } from '../display/deployment-note.tsx';
import { ErrorNote } from '../display/error-note.tsx';
import { Facts } from '../display/facts.tsx';
import { DeleteByName } from '../display/form/delete-by-name.tsx';
import { FormDialog } from '../display/form/form-dialog.tsx';
import { type Announcement, keepDeployment, useLastDeployment } from '../display/last-deployment.ts';
import { PageHeader } from '../display/page-header.tsx';
import { QueryView } from '../display/query-view.tsx';
import { Section } from '../display/section.tsx';
import { Legend, Status } from '../display/status.tsx';
import { Instant, Time } from '../display/time.tsx';
import { Block } from '../jwk-detail/public-part.tsx';
import { useMayDeploy } from '../jwks/deploying-role.ts';
import { projectPath } from '../layout/project.ts';
import { EditOutlet } from './edit-outlet.tsx';
import { kindOption } from './kind-option.ts';
import { contentTexts, outletStatuses } from './outlet-words.ts';
import { SourceLink } from './source-link.tsx';

/** Which outlet a page is about. */
interface OutletRef {
  readonly projectName: string;
  readonly outletName: string;
}

const refreshMs = 5_000;
const shownDigits = 12;

/** One outlet: what it delivers, and how its deliveries stand. */
export function OutletPage() {
  const { projectName = '', outletName = '' } = useParams<{ projectName: string; outletName: string }>();
  return (
    <DeletablePage
      up={{ path: projectPath(projectName, 'outlets'), label: 'Outlets' }}
      projectName={projectName}
    >
      {(onDeleted) => (
        <Shown
          key={`${projectName}/${outletName}`}
          outletRef={{ projectName, outletName }}
          onDeleted={onDeleted}
        />
      )}
    </DeletablePage>
  );
}

function Shown({
  outletRef,
  onDeleted,
}: {
  readonly outletRef: OutletRef;
  readonly onDeleted: (announcement: Announcement) => void;
}) {
  const { projectName, outletName } = outletRef;
  const [dialog, setDialog] = useState<'edit' | 'delete' | 'force'>();
  const last = useLastDeployment(['outlets', projectName, outletName]);
  const mayDeploy = useMayDeploy(projectName);
  const close = () => setDialog(undefined);
  const deliver = useDeliver(outletRef);
  const trial = useMutation({ mutationFn: () => keyplane.testOutlet({ ...outletRef, body: {} }) });
  const found = useQuery({
    queryKey: ['outlet', outletRef],
    queryFn: async () => {
      const [outlet] = (await keyplane.getOutlet(outletRef)).resultList;
      if (outlet === undefined) throw new Error('The manager responded without the outlet');
      return outlet;
    },
    refetchInterval: refreshMs,
  });
  return (
    <Stack>
      <PageHeader title={outletName} up={{ path: projectPath(projectName, 'outlets'), label: 'Outlets' }}>
        {mayDeploy && found.data !== undefined && (
          <>
            <Button variant="default" loading={deliver.isPending} onClick={() => deliver.mutate()}>
              Deliver now
            </Button>
            {kindOption(found.data.kind).takeOver !== undefined && (
              <Button variant="default" onClick={() => setDialog('force')}>
                Take over
              </Button>
            )}
            <Button variant="default" loading={trial.isPending} onClick={() => trial.mutate()}>
              Test
            </Button>
            <Button variant="default" onClick={() => setDialog('edit')}>
              Edit
            </Button>
            <DangerButton onClick={() => setDialog('delete')}>Delete</DangerButton>
          </>
        )}
      </PageHeader>
      {last.announcement !== null && <DeploymentNote {...last.announcement} onClose={last.close} />}
      <ErrorNote error={deliver.error} />
      <Trials trial={trial} />
      <QueryView query={found}>
        {(outlet) => (
          <>
            {outlet.description !== null && <Text>{outlet.description}</Text>}
            <Deliveries outlet={outlet} />
            <Details projectName={projectName} outlet={outlet} />
            {dialog === 'edit' && <EditOutlet projectName={projectName} outlet={outlet} onClose={close} />}
            {dialog === 'force' && <TakeOver outletRef={outletRef} kind={outlet.kind} onClose={close} />}
            {dialog === 'delete' && (
              <DeleteOutlet outletRef={outletRef} kind={outlet.kind} onDone={onDeleted} onClose={close} />
            )}
          </>
        )}
      </QueryView>
    </Stack>
  );
}

function useDeliver(outletRef: OutletRef) {
  const { projectName, outletName } = outletRef;
  const queries = useQueryClient();
  return useChange(
    () => keyplane.deliverOutlet({ ...outletRef, body: {} }),
    (answer) =>
      keepDeployment(queries, ['outlets', projectName, outletName], {
        title: `${outletName} is delivered again`,
        result: resultOf(answer),
      }),
  );
}

/** Replaces what another program wrote. */
function TakeOver({
  outletRef,
  kind,
  onClose,
}: {
  readonly outletRef: OutletRef;
  readonly kind: OutletKind;
  readonly onClose: () => void;
}) {
  const { projectName, outletName } = outletRef;
  const { what = '', text = '' } = kindOption(kind).takeOver ?? {};
  const queries = useQueryClient();
  const body = { force: true };
  const save = useChange(
    () => keyplane.deliverOutlet({ ...outletRef, body }),
    (answer) => {
      keepDeployment(queries, ['outlets', projectName, outletName], {
        title: `${outletName} takes over ${what}`,
        result: resultOf(answer),
      });
      onClose();
    },
  );
  return (
    <FormDialog
      title={`Take over ${what} of ${outletName}`}
      action={`Replace ${what}`}
      request={{ method: 'POST', path: `${apiPath(projectName, 'outlets', outletName)}deliver`, body }}
      error={save.error}
      isPending={save.isPending}
      onSubmit={() => save.mutate()}
      onClose={onClose}
    >
      <Text>{text}</Text>
    </FormDialog>
  );
}

/** What the test found, one line for each place of delivery. */
function Trials({ trial }: { readonly trial: UseMutationResult<OutletTrialList, Error, void> }) {
  if (trial.data === undefined || trial.isPending) return <ErrorNote error={trial.error} />;
  const { resultList } = trial.data;
  const isGood = resultList.every(({ success }) => success);
  return (
    <Alert
      role="status"
      variant="outline"
      color={isGood ? 'green' : 'red'}
      title={isGood ? 'The test succeeded' : 'The test failed'}
      withCloseButton
      closeButtonLabel="Close"
      onClose={() => trial.reset()}
    >
      {resultList.length === 0 && <Text size="sm">No node has joined its environments.</Text>}
      {resultList.map(({ environmentName, nodeName, success, message }) => (
        <Text key={`${environmentName}/${nodeName}`} size="sm">
          <strong>{[nodeName, environmentName].filter(Boolean).join(' of ') || 'Webhook'}</strong>:{' '}
          {success ? 'can be delivered' : 'cannot be delivered'}. {message}
        </Text>
      ))}
    </Alert>
  );
}

const columns: readonly TableColumn<OutletDelivery>[] = [
  { header: 'Environment', kind: 'title', cell: ({ environmentName }) => environmentName },
  { header: 'Node', cell: ({ nodeName }) => nodeName ?? 'manager' },
  { header: 'State', cell: ({ state }) => <Status of={outletStatuses[state]} /> },
  {
    header: 'Digest',
    cell: ({ digest }) =>
      digest !== null && (
        <span className="mono" title={digest}>
          {digest.slice(0, shownDigits)}
        </span>
      ),
  },
  { header: 'Delivered', cell: ({ deliveredAt }) => <Time at={deliveredAt} /> },
  { header: 'Attempts', cell: ({ attempts }) => attempts },
  { header: 'Last error', cell: ({ lastError }) => lastError },
];

function Deliveries({ outlet: { environments } }: { readonly outlet: Outlet }) {
  return (
    <Section
      title="Deliveries"
      actions={<Legend label="What the state of a delivery means" words={Object.values(outletStatuses)} />}
    >
      {environments.length === 0 ? (
        <Text c="dimmed">No node has joined its environments, so it is delivered nowhere.</Text>
      ) : (
        <DataTable
          caption="Nodes and environments"
          columns={columns}
          items={environments}
          rowKey={({ environmentName, nodeName }) => `${environmentName}/${nodeName ?? ''}`}
        />
      )}
    </Section>
  );
}

function Details({ projectName, outlet }: { readonly projectName: string; readonly outlet: Outlet }) {
  const { kind, content, environmentNames, gate, hasCredential, target } = outlet;
  return (
    <Section title="Details">
      <Stack>
        <Facts
          facts={[
            ['Kind', kindOption(kind).shortTitle],
            ['Content', contentTexts[content]],
            ['Source', <SourceLink key="source" projectName={projectName} outlet={outlet} />],
            ['Environments', environmentNames?.join(', ') ?? 'all that the project reaches, also later ones'],
            ['Credential', hasCredential ? 'stored, and never shown' : null],
            ['Key rings wait for it', kindOption(kind).delivers === 'EVENTS' ? null : gate ? 'yes' : 'no'],
            ['Created', <Instant key="created" at={outlet.createdAt} />],
            ['Changed', <Instant key="changed" at={outlet.updatedAt} />],
          ]}
        />
        <Block label="Target" text={JSON.stringify(target, null, 2)} />
      </Stack>
    </Section>
  );
}

function DeleteOutlet({
  outletRef,
  kind,
  onDone,
  onClose,
}: {
  readonly outletRef: OutletRef;
  readonly kind: OutletKind;
  readonly onDone: (announcement: Announcement) => void;
  readonly onClose: () => void;
}) {
  return (
    <DeleteByName
      name={outletRef.outletName}
      what="the outlet"
      request={() => keyplane.deleteOutlet(outletRef)}
      onDone={onDone}
      onClose={onClose}
    >
      <Text>{kindOption(kind).deletion}</Text>
    </DeleteByName>
  );
}
