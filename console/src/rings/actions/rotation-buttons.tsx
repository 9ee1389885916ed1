import { Button, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { keyplane } from '../../api/keyplane.ts';
import { useChange } from '../../api/use-change.ts';
import { FormDialog } from '../../display/form/form-dialog.tsx';
import { Instant } from '../../display/time.tsx';
import type { KeyRing, RingRef } from '../ring-types.ts';
import { announceRotation } from './announce-rotation.ts';

interface ButtonProps {
  readonly ringRef: RingRef;
  readonly ring: KeyRing;
}

/** Activates the next key as soon as verifiers know it. A ring that is held has no such button. */
export function Rotate({ ringRef, ring }: ButtonProps) {
  const [isAsking, setAsking] = useState(false);
  if (ring.heldBecause !== null) return null;
  return (
    <>
      <Button onClick={() => setAsking(true)}>Rotate now</Button>
      {isAsking && <RotateDialog ringRef={ringRef} ring={ring} onClose={() => setAsking(false)} />}
    </>
  );
}

function RotateDialog({ ringRef, ring, onClose }: ButtonProps & { readonly onClose: () => void }) {
  const queries = useQueryClient();
  const rotate = useChange(
    () => keyplane.rotateKeyRing({ ...ringRef, body: {} }),
    (answer) => {
      announceRotation(queries, ringRef, 'Rotation requested', answer);
      onClose();
    },
  );
  const active = ring.members.find(({ state }) => state === 'ACTIVE');
  const next = ring.members.findLast(({ state }) => state === 'NEXT' || state === 'STAGED');
  return (
    <FormDialog
      title={`Rotate ${ring.name}`}
      action="Rotate"
      error={rotate.error}
      isPending={rotate.isPending}
      onSubmit={() => rotate.mutate()}
      onClose={onClose}
    >
      <Text>
        {next === undefined ? 'The next key' : <strong>{next.jwkName}</strong>} becomes active{' '}
        {isReady(next) ? 'at once' : 'as soon as every verifier knows it'}
        {next?.readyAt && !isReady(next) && (
          <>
            : <Instant at={next.readyAt} />
          </>
        )}
        .
      </Text>
      {active !== undefined && (
        <Text>
          <strong>{active.jwkName}</strong> then signs no more, and stays published until its last token has
          expired. No valid token is rejected.
        </Text>
      )}
    </FormDialog>
  );
}

function isReady(member: KeyRing['members'][number] | undefined): boolean {
  return (
    member?.readyAt !== null && member?.readyAt !== undefined && Date.parse(member.readyAt) <= Date.now()
  );
}

/** Suspends scheduled rotation, or resumes it. */
export function HoldOrResume({ ringRef, ring }: ButtonProps) {
  const [isAsking, setAsking] = useState(false);
  const isHeld = ring.heldBecause !== null;
  return (
    <>
      <Button variant={isHeld ? 'filled' : 'default'} onClick={() => setAsking(true)}>
        {isHeld ? 'Resume' : 'Hold'}
      </Button>
      {isAsking && (
        <HoldDialog ringRef={ringRef} ring={ring} isHeld={isHeld} onClose={() => setAsking(false)} />
      )}
    </>
  );
}

function HoldDialog({
  ringRef,
  ring,
  isHeld,
  onClose,
}: ButtonProps & { readonly isHeld: boolean; readonly onClose: () => void }) {
  const queries = useQueryClient();
  // As it was when the dialog opened: another user may resume it meanwhile.
  const [resumes] = useState(isHeld);
  const change = useChange(
    () =>
      resumes
        ? keyplane.resumeKeyRing({ ...ringRef, body: {} })
        : keyplane.holdKeyRing({ ...ringRef, body: {} }),
    (answer) => {
      announceRotation(queries, ringRef, resumes ? 'Rotation resumed' : 'Rotation is held', answer);
      onClose();
    },
  );
  return (
    <FormDialog
      title={`${resumes ? 'Resume' : 'Hold'} ${ring.name}`}
      action={resumes ? 'Resume rotation' : 'Hold rotation'}
      error={change.error}
      isPending={change.isPending}
      onSubmit={() => change.mutate()}
      onClose={onClose}
    >
      <Text>
        {resumes
          ? 'Scheduled rotation goes on. The interval counts from the last activation, so a rotation that is overdue follows at once.'
          : 'No key is activated on schedule until rotation is resumed. The active key goes on signing, retiring keys still retire, and a key can be activated by hand.'}
      </Text>
    </FormDialog>
  );
}
