import { NativeSelect, Stack, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { UseType } from '../../../../clients/typescript/src/index.ts';
import { keyplane } from '../../api/keyplane.ts';
import { unchecked } from '../../api/unchecked.ts';
import { useChange } from '../../api/use-change.ts';
import { apiPath } from '../../curl/curl-command.ts';
import { resultOf } from '../../display/deployment-note.tsx';
import { errorText } from '../../display/error-note.tsx';
import { DescriptionField } from '../../display/form/description-field.tsx';
import { fieldErrors } from '../../display/form/field-errors.ts';
import { FormDialog } from '../../display/form/form-dialog.tsx';
import { keepDeployment } from '../../display/last-deployment.ts';
import { algorithmsOf, generatedKind, parameterLabels } from '../../jwk-form/generated-kinds.ts';
import type { KeyRing, RingRef } from '../ring-types.ts';
import { TimelineChart } from '../timeline/timeline-chart.tsx';
import { changedPolicy, type PolicyBody, policyDraftOf } from './policy-draft.ts';
import {
  IntervalField,
  LifetimeField,
  OtherPolicyFields,
  type PolicyField,
  type PolicyFieldsProps,
  policyFieldNames,
} from './policy-fields.tsx';
import { parametersOf } from './ring-parameters.ts';

const typingPauseMs = 400;

/** Changes the policy. The timeline below is a dry run of the manager. */
export function EditPolicy({
  ringRef,
  ring,
  onClose,
}: {
  readonly ringRef: RingRef;
  readonly ring: KeyRing;
  readonly onClose: () => void;
}) {
  const { projectName, ringName } = ringRef;
  const queries = useQueryClient();
  // As it was when the dialog opened: what another user changes meanwhile is not undone.
  const [before] = useState(() => policyDraftOf(ring));
  const [draft, setDraft] = useState(before);
  const [description, setDescription] = useState(ring.description ?? '');
  const parameters = useParameters(ring);
  const policy = changedPolicy(draft, before);
  const body = {
    ...policy,
    ...parameters.body,
    ...(description !== (ring.description ?? '') && { description }),
  };
  const save = useChange(
    () => keyplane.updateKeyRing({ ...ringRef, body: unchecked(body) }),
    (answer) => {
      keepDeployment(queries, ['key-rings', projectName, ringName], {
        title: 'The policy is changed',
        result: resultOf(answer),
      });
      onClose();
    },
  );
  const { member } = generatedKind(ring.type);
  const errors = fieldErrors<PolicyField | 'description' | 'variant'>(save.error, [
    ...policyFieldNames,
    ['description'],
    ['variant', `${member}.keySize`, `${member}.curveType`, `${member}.algorithm`],
  ]);
  const fields: PolicyFieldsProps = {
    value: draft,
    isEncryption: ring.use === 'enc',
    errorOf: errors.of,
    onChange: (changes) => setDraft((now) => ({ ...now, ...changes })),
  };
  return (
    <FormDialog
      request={{ method: 'PUT', path: apiPath(projectName, 'key-rings', ringName), body }}
      title={`Policy of ${ringName}`}
      size="xl"
      action="Save"
      error={errors.rest}
      isPending={save.isPending}
      onSubmit={() => save.mutate()}
      onClose={onClose}
    >
      <IntervalField {...fields} />
      <LifetimeField {...fields} />
      <DryRun ringRef={ringRef} policy={policy} />
      <details className="more">
        <summary>More</summary>
        <Stack mt="sm">
          <NextKeyFields ring={ring} parameters={parameters} error={errors.of('variant')} />
          <OtherPolicyFields {...fields} wasExportable={before.exportable} />
          <DescriptionField value={description} error={errors.of('description')} onChange={setDescription} />
        </Stack>
      </details>
    </FormDialog>
  );
}

function useParameters(ring: KeyRing) {
  const [before] = useState(() => parametersOf(ring));
  const [now, set] = useState(before);
  const { member, generate } = generatedKind(ring.type);
  const useType: UseType = ring.use === 'enc' ? 'ENCRYPTION' : 'SIGNATURE';
  const algorithms = algorithmsOf(ring.type, now.variant)[useType];
  const isChanged = now.variant !== before.variant || now.algorithm !== before.algorithm;
  const parameters = {
    [generate.parameter]: generate.parameter === 'keySize' ? Number(now.variant) : now.variant,
    ...(now.algorithm !== undefined && { algorithm: now.algorithm }),
  };
  return { now, set, algorithms, body: isChanged ? { [member]: parameters } : {} };
}

/** A key that never signed is replaced by one of the new kind. */
function NextKeyFields({
  ring,
  parameters: { now, set, algorithms },
  error,
}: {
  readonly ring: KeyRing;
  readonly parameters: ReturnType<typeof useParameters>;
  readonly error: string | undefined;
}) {
  const { generate } = generatedKind(ring.type);
  return (
    <>
      <NativeSelect
        label={`${parameterLabels[generate.parameter]} of the next key`}
        description="A next key that never signed is replaced"
        value={now.variant}
        error={error}
        onChange={(event) => set({ variant: event.currentTarget.value, algorithm: undefined })}
        data={generate.variants.map(({ value, label }) => ({ value, label }))}
      />
      <NativeSelect
        label="Algorithm of the next key"
        value={now.algorithm ?? algorithms[0] ?? ''}
        onChange={(event) => set({ ...now, algorithm: event.currentTarget.value })}
        data={[...algorithms]}
      />
    </>
  );
}

/** What the manager would plan with this policy. Nothing is changed. */
function DryRun({ ringRef, policy }: { readonly ringRef: RingRef; readonly policy: PolicyBody }) {
  const [parameters] = useDebouncedValue(JSON.stringify(queryOf(policy)), typingPauseMs);
  const plan = useQuery({
    queryKey: ['key-ring-dry-run', ringRef, parameters],
    queryFn: () => keyplane.getKeyRingTimeline({ ...ringRef, ...JSON.parse(parameters) }),
    placeholderData: keepPreviousData,
  });
  return (
    <section aria-label="Dry run" aria-live="polite">
      <Text size="sm" fw={500} mb="xs">
        {parameters === '{}' ? 'As it is' : 'With these changes'}
      </Text>
      {plan.error ? (
        <Text size="sm">{errorText(plan.error)}</Text>
      ) : (
        plan.data !== undefined && (
          <TimelineChart ringName={ringRef.ringName} transitions={plan.data.resultList} now={Date.now()} />
        )
      )}
    </section>
  );
}

/** Null is a value of these parameters, written as a word. */
function queryOf(policy: PolicyBody) {
  const entries = Object.entries(policy).map(([name, value]) => [
    name,
    Array.isArray(value) ? value : String(value),
  ]);
  return Object.fromEntries(entries);
}
