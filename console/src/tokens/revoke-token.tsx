import { Text } from '@mantine/core';
import { useState } from 'react';
import { useChange } from '../api/use-change.ts';
import { DangerButton } from '../display/danger-button.tsx';
import { ConfirmByName } from '../display/form/confirm-by-name.tsx';

/** A button that revokes a token once its name is typed. */
export function RevokeToken({
  name,
  revoke,
}: {
  readonly name: string;
  readonly revoke: () => Promise<unknown>;
}) {
  const [isAsking, setAsking] = useState(false);
  const close = () => setAsking(false);
  const change = useChange(revoke, close);
  return (
    <>
      <DangerButton
        size="compact-sm"
        aria-label={`Revoke ${name}`}
        onClick={() => {
          change.reset();
          setAsking(true);
        }}
      >
        Revoke
      </DangerButton>
      {isAsking && (
        <ConfirmByName
          title={`Revoke ${name}`}
          name={name}
          action="Revoke the token"
          error={change.error}
          isPending={change.isPending}
          onConfirm={() => change.mutate()}
          onClose={close}
        >
          <Text>Requests with this token are rejected from now on.</Text>
        </ConfirmByName>
      )}
    </>
  );
}
