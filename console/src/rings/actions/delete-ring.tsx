import { Text } from '@mantine/core';
import { useState } from 'react';
import { useDeletion } from '../../api/deletion.tsx';
import { keyplane } from '../../api/keyplane.ts';
import { ConfirmByName } from '../../display/form/confirm-by-name.tsx';
import { fieldErrors } from '../../display/form/field-errors.ts';
import type { Announcement } from '../../display/last-deployment.ts';
import { LastUses } from '../../usage/usage.tsx';
import type { KeyRing, RingRef } from '../ring-types.ts';
import { ForceFields, noForce } from './force-fields.tsx';

export function DeleteRingAction({
  ringRef,
  ring,
  onDone,
  onClose,
}: {
  readonly ringRef: RingRef;
  readonly ring: KeyRing;
  readonly onDone: (announcement: Announcement) => void;
  readonly onClose: () => void;
}) {
  const [force, setForce] = useState(noForce);
  const remove = useDeletion(
    () =>
      keyplane.deleteKeyRing({
        ...ringRef,
        ...(force.force && { force: 'true', reason: force.reason.trim() }),
      }),
    ({ deploymentResult }) => onDone({ title: `${ring.name} is deleted`, result: deploymentResult }),
  );
  const errors = fieldErrors(remove.error, force.force ? [['reason']] : []);
  const count = ring.members.length;
  return (
    <ConfirmByName
      title={`Delete ${ring.name}`}
      name={ring.name}
      action="Delete the key ring"
      error={errors.rest}
      isPending={remove.isPending}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      <Text>
        {count === 1 ? 'Its key is' : `Its ${count} keys are`} removed from every node and deleted for good.
        What they signed can no longer be verified, and what was encrypted for them can no longer be
        decrypted.
      </Text>
      <LastUses projectName={ringRef.projectName} keyRingName={ring.name} />
      <ForceFields
        label="Delete it even if a key may still be needed"
        description="Otherwise the manager rejects the deletion until the last token has expired"
        value={force}
        error={errors.of('reason')}
        onChange={setForce}
      />
    </ConfirmByName>
  );
}
