import { List, Text } from '@mantine/core';
import { useState } from 'react';
import { useDeletion } from '../api/deletion.tsx';
import { keyplane } from '../api/keyplane.ts';
import { ConfirmByName } from '../display/form/confirm-by-name.tsx';
import { fieldErrors } from '../display/form/field-errors.ts';
import type { Announcement } from '../display/last-deployment.ts';
import { ForceFields, noForce } from '../rings/actions/force-fields.tsx';
import { LastUses } from '../usage/usage.tsx';
import { type JwkEnvironmentRow, type JwkRef, useDeployment } from './jwk-queries.ts';

export function DeleteJwkAction({
  jwk,
  onDone,
  onClose,
}: {
  readonly jwk: JwkRef;
  readonly onDone: (announcement: Announcement) => void;
  readonly onClose: () => void;
}) {
  const deployment = useDeployment(jwk);
  const [force, setForce] = useState(noForce);
  const remove = useDeletion(
    () => keyplane.deleteJwk({ ...jwk, ...(force.force && { force: 'true', reason: force.reason.trim() }) }),
    ({ deploymentResult }) => onDone({ title: `${jwk.jwkName} is deleted`, result: deploymentResult }),
  );
  const errors = fieldErrors(remove.error, force.force ? [['reason']] : []);
  return (
    <ConfirmByName
      title={`Delete ${jwk.jwkName}`}
      name={jwk.jwkName}
      action="Delete the JWK"
      error={errors.rest}
      isPending={remove.isPending}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      <Text>
        It is removed from every node, and its key is deleted for good. What it signed can no longer be
        verified, and what was encrypted for it can no longer be decrypted. It is removed from:
      </Text>
      <List>
        {(deployment.data ?? []).map((environment) => (
          <List.Item key={environment.environmentName}>
            <strong>{environment.environmentName}</strong>: {nodesText(environment)}
          </List.Item>
        ))}
      </List>
      <LastUses {...jwk} />
      <ForceFields
        label="Delete it even if it was used in the last 7 days"
        description="Otherwise the manager rejects the deletion"
        value={force}
        error={errors.of('reason')}
        onChange={setForce}
      />
    </ConfirmByName>
  );
}

function nodesText({ nodes }: JwkEnvironmentRow): string {
  if (nodes.length === 0) return 'no node';
  return nodes.map(({ name, connected }) => (connected ? name : `${name} (not connected)`)).join(', ');
}
