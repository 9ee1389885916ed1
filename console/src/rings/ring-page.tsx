import { Button, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useParams } from 'wouter';
import { DangerButton } from '../display/danger-button.tsx';
import { DeletablePage } from '../display/deletable-page.tsx';
import { DeploymentNote } from '../display/deployment-note.tsx';
import { type Announcement, useLastDeployment } from '../display/last-deployment.ts';
import { PageHeader } from '../display/page-header.tsx';
import { QueryView } from '../display/query-view.tsx';
import { Section } from '../display/section.tsx';
import { Legend } from '../display/status.tsx';
import { useMayDeploy } from '../jwks/deploying-role.ts';
import { projectPath } from '../layout/project.ts';
import { UseAtNode } from '../node-operations/use-at-node.tsx';
import { UsageSection } from '../usage/usage.tsx';
import { ActivateKey } from './actions/activate-key.tsx';
import { DeleteRingAction } from './actions/delete-ring.tsx';
import { RevokeKeys } from './actions/revoke-keys.tsx';
import { HoldOrResume, Rotate } from './actions/rotation-buttons.tsx';
import { EditPolicy } from './policy/edit-policy.tsx';
import { RingPolicyPanel } from './policy/policy-facts.tsx';
import { Revocations } from './revocation-clock.tsx';
import { RingKeyTable } from './ring-members.tsx';
import { RingOutlets } from './ring-outlets.tsx';
import { useRing, useTimeline } from './ring-queries.ts';
import { RingStatePanel } from './ring-state.tsx';
import type { KeyRing, Member, RingRef } from './ring-types.ts';
import { memberMeaning, memberStatuses } from './ring-words.ts';
import './rings.css';
import { TimelineChart } from './timeline/timeline-chart.tsx';

/** One key ring and its actions. */
export function RingPage() {
  const { projectName = '', ringName = '' } = useParams<{ projectName: string; ringName: string }>();
  const up = { path: projectPath(projectName, 'key-rings'), label: 'Key rings' };
  return (
    <DeletablePage up={up} projectName={projectName}>
      {(onDeleted) => (
        <Shown key={`${projectName}/${ringName}`} ringRef={{ projectName, ringName }} onDeleted={onDeleted} />
      )}
    </DeletablePage>
  );
}

type OpenDialog =
  | { readonly kind: 'policy' | 'delete' | 'revoke' }
  | { readonly kind: 'activate' | 'revoke-key'; readonly member: Member };

function Shown({
  ringRef,
  onDeleted,
}: {
  readonly ringRef: RingRef;
  readonly onDeleted: (announcement: Announcement) => void;
}) {
  const { projectName, ringName } = ringRef;
  const found = useRing(ringRef);
  const last = useLastDeployment(['key-rings', projectName, ringName]);
  const [dialog, setDialog] = useState<OpenDialog>();
  const mayDeploy = useMayDeploy(projectName);
  const up = { path: projectPath(projectName, 'key-rings'), label: 'Key rings' };
  return (
    <Stack>
      <PageHeader title={ringName} up={up}>
        {mayDeploy && found.data !== undefined && (
          <>
            <Rotate ringRef={ringRef} ring={found.data} />
            <HoldOrResume ringRef={ringRef} ring={found.data} />
            <Button variant="default" onClick={() => setDialog({ kind: 'policy' })}>
              Edit policy
            </Button>
            <DangerButton onClick={() => setDialog({ kind: 'revoke' })}>Revoke</DangerButton>
            <DangerButton onClick={() => setDialog({ kind: 'delete' })}>Delete</DangerButton>
          </>
        )}
      </PageHeader>
      {last.announcement !== null && <DeploymentNote {...last.announcement} onClose={last.close} />}
      <QueryView query={found}>
        {(ring) => (
          <>
            <Sections ringRef={ringRef} ring={ring} mayDeploy={mayDeploy} onOpen={setDialog} />
            {dialog !== undefined && (
              <Dialogs
                dialog={dialog}
                ringRef={ringRef}
                ring={ring}
                onDeleted={onDeleted}
                onClose={() => setDialog(undefined)}
              />
            )}
          </>
        )}
      </QueryView>
    </Stack>
  );
}

function Sections({
  ringRef,
  ring,
  mayDeploy,
  onOpen,
}: {
  readonly ringRef: RingRef;
  readonly ring: KeyRing;
  readonly mayDeploy: boolean;
  readonly onOpen: (dialog: OpenDialog) => void;
}) {
  const timeline = useTimeline(ringRef, ring);
  const words = Object.entries(memberStatuses).map(([state, status]) => ({
    ...status,
    meaning: memberMeaning(state as keyof typeof memberStatuses, ring),
  }));
  return (
    <>
      {ring.description !== null && <Text>{ring.description}</Text>}
      <Revocations ringRef={ringRef} ring={ring} />
      <RingStatePanel ringRef={ringRef} ring={ring} transitions={timeline.data ?? []} />
      <Section title="Timeline">
        <QueryView query={timeline}>
          {(transitions) => <TimelineChart ringName={ring.name} transitions={transitions} now={Date.now()} />}
        </QueryView>
      </Section>
      <Section title="Keys" actions={<Legend label="What the state of a key means" words={words} />}>
        <RingKeyTable
          projectName={ringRef.projectName}
          ring={ring}
          mayDeploy={mayDeploy}
          onActivate={(member) => onOpen({ kind: 'activate', member })}
          onRevoke={(member) => onOpen({ kind: 'revoke-key', member })}
        />
      </Section>
      <RingOutlets ringRef={ringRef} />
      <UsageSection projectName={ringRef.projectName} keyRingName={ringRef.ringName} />
      <UseAtNode
        projectName={ringRef.projectName}
        target={{ keyRingName: ringRef.ringName }}
        usedKey={ring}
      />
      <Section title="Policy">
        <RingPolicyPanel ring={ring} />
      </Section>
    </>
  );
}

function Dialogs({
  dialog,
  ringRef,
  ring,
  onDeleted,
  onClose,
}: {
  readonly dialog: OpenDialog;
  readonly ringRef: RingRef;
  readonly ring: KeyRing;
  readonly onDeleted: (announcement: Announcement) => void;
  readonly onClose: () => void;
}) {
  const common = { ringRef, ring, onClose };
  switch (dialog.kind) {
    case 'policy':
      return <EditPolicy {...common} />;
    case 'delete':
      return <DeleteRingAction {...common} onDone={onDeleted} />;
    case 'activate':
      return <ActivateKey {...common} member={dialog.member} />;
    case 'revoke':
      return <RevokeKeys {...common} />;
    case 'revoke-key':
      return <RevokeKeys {...common} member={dialog.member} />;
    default:
      return dialog satisfies never;
  }
}
