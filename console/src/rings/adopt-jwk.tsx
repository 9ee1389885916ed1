import { Stack, Text, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { keyplane } from '../api/keyplane.ts';
import { useChange } from '../api/use-change.ts';
import { apiPath } from '../curl/curl-command.ts';
import { resultOf } from '../display/deployment-note.tsx';
import { fieldErrors } from '../display/form/field-errors.ts';
import { FormDialog } from '../display/form/form-dialog.tsx';
import { keepDeployment } from '../display/last-deployment.ts';
import type { JwkDetail, JwkRef, PublicJwkView } from '../jwk-detail/jwk-queries.ts';
import { projectPath } from '../layout/project.ts';
import { defaultPolicy, newPolicy } from './policy/policy-draft.ts';
import {
  IntervalField,
  LifetimeField,
  OtherPolicyFields,
  type PolicyField,
  type PolicyFieldsProps,
  policyFieldNames,
} from './policy/policy-fields.tsx';

/** A private signing key with a kid, outside of any ring. Whether every node has it, the manager knows. */
export function mayBeAdopted(
  { use, kid, ringName }: Pick<JwkDetail, 'use' | 'kid' | 'ringName'>,
  part: Pick<PublicJwkView, 'hasPrivatePart'> | undefined,
): boolean {
  return use === 'sig' && kid !== null && ringName === null && part?.hasPrivatePart === true;
}

/** Makes a JWK the first key of a new key ring. */
export function AdoptJwkDialog({ jwk, onClose }: { readonly jwk: JwkRef; readonly onClose: () => void }) {
  const { projectName, jwkName } = jwk;
  const queries = useQueryClient();
  const [, navigate] = useLocation();
  const [ringName, setRingName] = useState('');
  const [policy, setPolicy] = useState(defaultPolicy);
  const name = ringName.trim();
  const body = { ringName: name, ...newPolicy(policy) };
  const adopt = useChange(
    () => keyplane.adoptJwk({ ...jwk, body }),
    (answer) => {
      keepDeployment(queries, ['key-rings', projectName, name], {
        title: `${jwkName} is the first key of ${name}`,
        result: resultOf(answer),
      });
      navigate(projectPath(projectName, 'key-rings', name));
    },
  );
  const errors = fieldErrors<PolicyField | 'ringName'>(adopt.error, [
    ['ringName', 'name'],
    ...policyFieldNames,
  ]);
  const fields: PolicyFieldsProps = {
    value: policy,
    isEncryption: false,
    errorOf: errors.of,
    onChange: (changes) => setPolicy((now) => ({ ...now, ...changes })),
  };
  return (
    <FormDialog
      request={{ method: 'POST', path: `${apiPath(projectName, 'jwks', jwkName)}adopt`, body }}
      title={`Adopt ${jwkName} into a key ring`}
      size="lg"
      action="Adopt"
      error={errors.rest}
      isPending={adopt.isPending}
      onSubmit={() => adopt.mutate()}
      onClose={onClose}
    >
      <Text size="sm">
        It becomes the active key of a new key ring and keeps its name and kid, so that nothing changes for
        verifiers. It loses its validity period and its source: from now on the ring replaces it.
      </Text>
      <TextInput
        label="Name of the key ring"
        description="Later keys are called name.2, name.3 …"
        required
        data-autofocus
        autoComplete="off"
        spellCheck={false}
        value={ringName}
        error={errors.of('ringName')}
        onChange={(event) => setRingName(event.currentTarget.value)}
      />
      <IntervalField {...fields} />
      <LifetimeField {...fields} />
      <details className="more">
        <summary>More</summary>
        <Stack mt="sm">
          <OtherPolicyFields {...fields} />
        </Stack>
      </details>
    </FormDialog>
  );
}
