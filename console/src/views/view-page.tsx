import { Button, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useParams } from 'wouter';
import { keyplane } from '../api/keyplane.ts';
import { DangerButton } from '../display/danger-button.tsx';
import { DeletablePage } from '../display/deletable-page.tsx';
import { DeploymentNote } from '../display/deployment-note.tsx';
import { Facts } from '../display/facts.tsx';
import { DeleteByName } from '../display/form/delete-by-name.tsx';
import { type Announcement, useLastDeployment } from '../display/last-deployment.ts';
import { PageHeader } from '../display/page-header.tsx';
import { QueryView } from '../display/query-view.tsx';
import { Section } from '../display/section.tsx';
import { Instant } from '../display/time.tsx';
import { ProjectSetAddresses } from '../environments/set-addresses.tsx';
import { useMayDeploy } from '../jwks/deploying-role.ts';
import { projectPath } from '../layout/project.ts';
import { ViewDialog } from './view-dialog.tsx';
import { includedText, selectionText } from './view-words.ts';

/** Which view a page is about. */
interface ViewRef {
  readonly projectName: string;
  readonly viewName: string;
}

/** One view: the addresses of its JWK Set, and which keys it holds. */
export function ViewPage() {
  const { projectName = '', viewName = '' } = useParams<{ projectName: string; viewName: string }>();
  return (
    <DeletablePage up={{ path: projectPath(projectName, 'views'), label: 'Views' }} projectName={projectName}>
      {(onDeleted) => (
        <Shown key={`${projectName}/${viewName}`} viewRef={{ projectName, viewName }} onDeleted={onDeleted} />
      )}
    </DeletablePage>
  );
}

function Shown({
  viewRef,
  onDeleted,
}: {
  readonly viewRef: ViewRef;
  readonly onDeleted: (announcement: Announcement) => void;
}) {
  const { projectName, viewName } = viewRef;
  const [dialog, setDialog] = useState<'edit' | 'delete'>();
  const last = useLastDeployment(['views', projectName, viewName]);
  const mayDeploy = useMayDeploy(projectName);
  const close = () => setDialog(undefined);
  const found = useQuery({
    queryKey: ['view', viewRef],
    queryFn: async () => {
      const [view] = (await keyplane.getView(viewRef)).resultList;
      if (view === undefined) throw new Error('The manager responded without the view');
      return view;
    },
  });
  return (
    <Stack>
      <PageHeader title={viewName} up={{ path: projectPath(projectName, 'views'), label: 'Views' }}>
        {mayDeploy && found.data !== undefined && (
          <>
            <Button variant="default" onClick={() => setDialog('edit')}>
              Edit
            </Button>
            <DangerButton onClick={() => setDialog('delete')}>Delete</DangerButton>
          </>
        )}
      </PageHeader>
      {last.announcement !== null && <DeploymentNote {...last.announcement} onClose={last.close} />}
      <QueryView query={found}>
        {(view) => (
          <>
            {view.description !== null && <Text>{view.description}</Text>}
            <Section
              title="Addresses of its JWK Set"
              description="Give verifiers the address of their environment."
            >
              <ProjectSetAddresses projectName={projectName} viewName={viewName} />
            </Section>
            <Section title="Details">
              <Facts
                facts={[
                  ['Includes', includedText(view)],
                  ['Excludes', selectionText(view.exclude)],
                  ['Created', <Instant key="created" at={view.createdAt} />],
                  ['Changed', <Instant key="changed" at={view.updatedAt} />],
                ]}
              />
            </Section>
            {dialog === 'edit' && (
              <ViewDialog projectName={projectName} view={view} onDone={close} onClose={close} />
            )}
            {dialog === 'delete' && <DeleteView viewRef={viewRef} onDone={onDeleted} onClose={close} />}
          </>
        )}
      </QueryView>
    </Stack>
  );
}

function DeleteView({
  viewRef,
  onDone,
  onClose,
}: {
  readonly viewRef: ViewRef;
  readonly onDone: (announcement: Announcement) => void;
  readonly onClose: () => void;
}) {
  return (
    <DeleteByName
      name={viewRef.viewName}
      what="the view"
      request={() => keyplane.deleteView(viewRef)}
      onDone={onDone}
      onClose={onClose}
    >
      <Text>
        Nodes answer 404 at its address from now on. Its keys stay in the other JWK Sets that hold them.
      </Text>
    </DeleteByName>
  );
}
