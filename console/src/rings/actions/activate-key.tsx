import { Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { keyplane } from '../../api/keyplane.ts';
import { useChange } from '../../api/use-change.ts';
import { apiPath } from '../../curl/curl-command.ts';
import { fieldErrors } from '../../display/form/field-errors.ts';
import { FormDialog } from '../../display/form/form-dialog.tsx';
import { Instant } from '../../display/time.tsx';
import type { KeyRing, Member, RingRef } from '../ring-types.ts';
import { announceRotation } from './announce-rotation.ts';
import { ForceFields, forceBody, noForce } from './force-fields.tsx';

/** Activates a key by its kid: the next one, or a retiring one again. */
export function ActivateKey({
  ringRef,
  ring,
  member,
  onClose,
}: {
  readonly ringRef: RingRef;
  readonly ring: KeyRing;
  readonly member: Member;
  readonly onClose: () => void;
}) {
  const queries = useQueryClient();
  const [force, setForce] = useState(noForce);
  const isRollback = member.state === 'RETIRING';
  const body = { kid: member.kid, ...forceBody(force) };
  const activate = useChange(
    () => keyplane.activateKey({ ...ringRef, body }),
    (answer) => {
      const title = isRollback ? `Rollback to ${member.jwkName}` : `Activation of ${member.jwkName}`;
      announceRotation(queries, ringRef, title, answer);
      onClose();
    },
  );
  const errors = fieldErrors(activate.error, force.force ? [['reason']] : []);
  return (
    <FormDialog
      request={{
        method: 'POST',
        path: `${apiPath(ringRef.projectName, 'key-rings', ringRef.ringName)}activate`,
        body,
      }}
      title={isRollback ? `Roll back to ${member.jwkName}` : `Activate ${member.jwkName}`}
      action={isRollback ? 'Roll back' : 'Activate'}
      error={errors.rest}
      isPending={activate.isPending}
      onSubmit={() => activate.mutate()}
      onClose={onClose}
    >
      {isRollback ? <RollbackText ring={ring} /> : <ForwardText member={member} />}
      {isRollback ? (
        <ForceFields
          label="Do not wait for nodes that are not connected"
          description="Such a node may stop publishing the key while others sign with it"
          value={force}
          error={errors.of('reason')}
          onChange={setForce}
        />
      ) : (
        !isReady(member) && (
          <ForceFields
            label="Activate it before verifiers know it"
            description="Verifiers that cache the JWK Set reject its tokens until their caches expire"
            value={force}
            error={errors.of('reason')}
            onChange={setForce}
          />
        )
      )}
    </FormDialog>
  );
}

function isReady({ readyAt }: Member): boolean {
  return readyAt !== null && Date.parse(readyAt) <= Date.now();
}

function ForwardText({ member }: { readonly member: Member }) {
  return (
    <Text>
      Nodes sign with it from now on, and the key that is active now starts to retire.{' '}
      {isReady(member) ? (
        'Every verifier knows it.'
      ) : (
        <>
          Verifiers know it at <Instant at={member.readyAt} fallback="a time that is not known yet" />; until
          then the manager rejects this.
        </>
      )}
    </Text>
  );
}

function RollbackText({ ring }: { readonly ring: KeyRing }) {
  const active = ring.members.find(({ state }) => state === 'ACTIVE');
  return (
    <Text>
      Nodes sign with it again, and {active?.jwkName ?? 'the active key'} starts to retire. It is still
      published, so no verifier has to learn it. Scheduled rotation is held until you resume it.
    </Text>
  );
}
