import { Button, Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { Link } from 'wouter';
import { keyplane } from '../../api/keyplane.ts';
import { unchecked } from '../../api/unchecked.ts';
import { apiPath } from '../../curl/curl-command.ts';
import { CurlNote } from '../../curl/curl-note.tsx';
import { resultOf } from '../../display/deployment-note.tsx';
import { errorText } from '../../display/error-note.tsx';
import { DescriptionField } from '../../display/form/description-field.tsx';
import { type FieldErrors, fieldErrors } from '../../display/form/field-errors.ts';
import { keepDeployment } from '../../display/last-deployment.ts';
import '../../jwk-form/jwk-form.css';
import { useTypeTexts } from '../../jwk-form/usage-fields.tsx';
import { useLeaveGuard } from '../../layout/use-leave-guard.ts';
import {
  IntervalField,
  LifetimeField,
  OtherPolicyFields,
  type PolicyField,
  type PolicyFieldsProps,
  policyFieldNames,
} from '../policy/policy-fields.tsx';
import { PlannedTimeline } from './planned-timeline.tsx';
import {
  choiceOf,
  chosen,
  emptyRing,
  keyChoices,
  kindOf,
  type NewRingDraft,
  newRingBody,
  type RingField,
  ringFields,
  ringKeyIdTypes,
  usageOfRing,
} from './ring-draft.ts';

type Field = RingField | PolicyField;

/** Four fields, the rest with its defaults, and what will happen. It keeps its input if the manager rejects it. */
export function RingForm({
  projectName,
  cancelPath,
  onSaved,
}: {
  readonly projectName: string;
  readonly cancelPath: string;
  readonly onSaved: (name: string) => void;
}) {
  const [draft, setDraft] = useState(emptyRing);
  const [touched, setTouched] = useState(false);
  useLeaveGuard(touched);
  const set = (changes: Partial<NewRingDraft>) => {
    setTouched(true);
    setDraft((now) => ({ ...now, ...changes }));
  };
  const save = useCreateRing(projectName, draft, (name) => {
    // What was filled in is saved: leaving asks nothing any more.
    flushSync(() => setTouched(false));
    onSaved(name);
  });
  const errors = fieldErrors<Field>(save.error, [...ringFields, ...policyFieldNames]);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (!save.error) return;
    const field = form.current?.querySelector<HTMLElement>('[aria-invalid="true"]');
    const more = field?.closest('details');
    if (more) more.open = true;
    field?.focus();
  }, [save.error]);
  function submit(event: FormEvent) {
    event.preventDefault();
    save.mutate();
  }
  const policy: PolicyFieldsProps = {
    value: draft.policy,
    isEncryption: kindOf(draft) === 'ENCRYPTION',
    errorOf: errors.of,
    onChange: (changes) => set({ policy: { ...draft.policy, ...changes } }),
  };
  return (
    <form ref={form} onSubmit={submit} noValidate>
      <div className="ring-form">
        <Stack gap="lg">
          <TextInput
            label="Name"
            description="Unique in the project. Its keys are called name.1, name.2 …"
            required
            autoComplete="off"
            spellCheck={false}
            value={draft.name}
            error={errors.of('name')}
            onChange={(event) => set({ name: event.currentTarget.value })}
          />
          <NativeSelect
            label="Key type"
            value={choiceOf(draft)}
            error={errors.of('type')}
            onChange={(event) => set(chosen(event.currentTarget.value))}
            data={keyChoices.map(({ group, items }) => ({ group, items: [...items] }))}
          />
          <IntervalField {...policy} />
          <LifetimeField {...policy} />
          <details className="more">
            <summary>More</summary>
            <Stack mt="sm">
              <KeyFields draft={draft} set={set} errors={errors} />
              <OtherPolicyFields {...policy} />
              <DescriptionField
                value={draft.description}
                error={errors.of('description')}
                onChange={(description) => set({ description })}
              />
            </Stack>
          </details>
          <CurlNote method="POST" path={apiPath(projectName, 'key-rings')} body={newRingBody(draft)} />
        </Stack>
        <PlannedTimeline draft={draft} />
      </div>
      <div className="form-bar">
        <Text role="alert" size="sm" c="var(--mantine-color-error)" className="form-bar-error">
          {save.error && `Not saved: ${errorText(save.error)}`}
        </Text>
        <Group gap="sm">
          <Button type="submit" loading={save.isPending}>
            Create and deploy
          </Button>
          <Button component={Link} href={cancelPath} variant="default">
            Cancel
          </Button>
        </Group>
      </div>
    </form>
  );
}

/** The page of the ring shows how its deployment went. */
function useCreateRing(projectName: string, draft: NewRingDraft, onSaved: (name: string) => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => keyplane.createKeyRing({ projectName, body: unchecked(newRingBody(draft)) }),
    onSuccess: (answer) => {
      const name = draft.name.trim();
      keepDeployment(queries, ['key-rings', projectName, name], {
        title: `${name} is created`,
        result: resultOf(answer),
      });
      void queries.invalidateQueries();
      onSaved(name);
    },
  });
}

function KeyFields({
  draft,
  set,
  errors,
}: {
  readonly draft: NewRingDraft;
  readonly set: (changes: Partial<NewRingDraft>) => void;
  readonly errors: FieldErrors<Field>;
}) {
  const { algorithms, useType, algorithm } = usageOfRing(draft);
  const uses = (['SIGNATURE', 'ENCRYPTION'] as const).filter((use) => algorithms[use].length > 0);
  return (
    <>
      <NativeSelect
        label="Use"
        value={useType}
        error={errors.of('useType')}
        onChange={(event) => set({ useType: unchecked(event.currentTarget.value), algorithm: '' })}
        data={uses.map((value) => ({ value, label: useTypeTexts[value] }))}
      />
      <NativeSelect
        label="Algorithm"
        value={algorithm}
        error={errors.of('algorithm')}
        onChange={(event) => set({ algorithm: event.currentTarget.value })}
        data={[...algorithms[useType]]}
      />
      <NativeSelect
        label="Key ID (kid) of each key"
        value={draft.keyIdType}
        error={errors.of('keyIdType')}
        onChange={(event) => set({ keyIdType: unchecked(event.currentTarget.value) })}
        data={Object.entries(ringKeyIdTypes).map(([value, label]) => ({ value, label }))}
      />
    </>
  );
}
