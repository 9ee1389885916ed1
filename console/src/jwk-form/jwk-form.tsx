import { Button, Group, Stack, Textarea, TextInput } from '@mantine/core';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { CurlNote } from '../curl/curl-note.tsx';
import { ErrorNote } from '../display/error-note.tsx';
import { fieldErrors } from '../display/form/field-errors.ts';
import { useLeaveGuard } from '../layout/use-leave-guard.ts';
import { type Draft, emptyDraft, type FormField, type FormPartProps } from './draft.ts';
import { formFields } from './form-errors.ts';
import { OwnUsageFields } from './own-usage-fields.tsx';
import type { InspectedKey } from './request.ts';
import { SourceFields } from './source-fields.tsx';
import { UsageFields } from './usage-fields.tsx';
import { chosenKey, type Inspection, useInspection } from './use-inspection.ts';
import { type JwkFormProps, useSaveJwk } from './use-save-jwk.ts';

/** One form for all sources. What was filled in stays when the server refuses it. */
export function JwkForm({ projectName, replaced, onSaved }: JwkFormProps) {
  const first: Draft = { ...emptyDraft, source: replaced === undefined ? 'GENERATE' : 'URL' };
  const [draft, setDraft] = useState(first);
  const set = (changes: Partial<Draft>) => setDraft((now) => ({ ...now, ...changes }));
  const inspection = useInspection(projectName, draft);
  const chosen = draft.source === 'GENERATE' ? undefined : chosenKey(draft, inspection);
  const { save, request } = useSaveJwk({ projectName, replaced, draft, chosen, onSaved });
  const [touched, setTouched] = useState(false);
  useLeaveGuard(touched);
  const errors = fieldErrors(save.error, formFields);
  const place = placeOf(draft, errors.of, { keys: inspection.keys, algorithms: chosen?.algorithms });
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (save.error) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [save.error]);
  const part: FormPartProps = {
    projectName,
    draft,
    errorOf: place.errorOf,
    set: (changes) => {
      setTouched(true);
      set(changes);
    },
  };
  function submit(event: FormEvent) {
    event.preventDefault();
    save.mutate();
  }
  return (
    <form ref={form} onSubmit={submit} noValidate>
      <Stack maw={860}>
        <NameFields {...part} isNew={replaced === undefined} />
        <SourceFields {...part} inspection={inspection} withGenerate={replaced === undefined} />
        {chosen?.algorithms && isStored(draft) && <UsageFields {...part} algorithms={chosen.algorithms} />}
        {chosen?.algorithms && isJwkSource(draft) && (
          <OwnUsageFields {...part} item={chosen} algorithms={chosen.algorithms} />
        )}
        {takesKid(draft, inspection) && <KidField {...part} />}
        <ErrorNote error={place.isBeside ? null : (errors.rest ?? save.error)} title="Not saved" />
        {place.isBeside && (
          <div role="alert" className="visually-hidden">
            Not saved: {save.error?.message}
          </div>
        )}
        <CurlNote {...request} />
        <Group>
          <Button type="submit" loading={save.isPending}>
            Save and deploy
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** What the server said of a field that this source does not show belongs to the form. */
function placeOf(
  draft: Draft,
  of: (field: FormField) => string | undefined,
  {
    keys,
    algorithms,
  }: Pick<Inspection, 'keys'> & { readonly algorithms: InspectedKey['algorithms'] | undefined },
) {
  const hidden: FormField[] = [
    ...(draft.source === 'URL' ? [] : (['url'] as const)),
    ...(draft.source === 'COPY_PASTE' ? [] : (['jwkStr'] as const)),
    ...(isStored(draft) ? [] : (['materialName', 'environmentName'] as const)),
    ...(draft.source === 'KEYSTORE' && keys !== undefined ? [] : (['aliasName'] as const)),
    ...(draft.source === 'GENERATE' || algorithms ? [] : (['useType', 'algorithm'] as const)),
  ];
  const errorOf = (field: FormField) => (hidden.includes(field) ? undefined : of(field));
  const isBeside = formFields.some(([field]) => errorOf(field) !== undefined);
  return { errorOf, isBeside };
}

function isStored({ source }: Draft): boolean {
  return source === 'CERTIFICATE' || source === 'KEY' || source === 'KEYSTORE';
}

function isJwkSource({ source }: Draft): boolean {
  return source === 'URL' || source === 'COPY_PASTE';
}

/** Where it does not choose among several keys, it may name the one that is there. */
function takesKid(draft: Draft, { keys, total }: Inspection): boolean {
  if (draft.source === 'GENERATE' || isStored(draft)) return true;
  if (keys === undefined || total > keys.length) return true;
  return keys.length === 1 && keys[0]?.kid === null;
}

function NameFields({ draft, set, errorOf, isNew }: FormPartProps & { readonly isNew: boolean }) {
  return (
    <>
      {isNew && (
        <TextInput
          label="Name"
          description="Unique in the project; it can not be changed later"
          required
          autoComplete="off"
          value={draft.name}
          error={errorOf('name')}
          onChange={(event) => set({ name: event.currentTarget.value })}
        />
      )}
      <Textarea
        label="Description"
        description={isNew ? undefined : 'Empty: it stays as it is'}
        autosize
        value={draft.description}
        error={errorOf('description')}
        onChange={(event) => set({ description: event.currentTarget.value })}
      />
    </>
  );
}

function KidField({ draft, set, errorOf }: FormPartProps) {
  return (
    <TextInput
      label="kid"
      description={draft.source === 'GENERATE' ? 'Empty: made as chosen above' : 'Empty: the key’s own'}
      autoComplete="off"
      value={draft.kid}
      error={errorOf('kid')}
      onChange={(event) => set({ kid: event.currentTarget.value })}
    />
  );
}
