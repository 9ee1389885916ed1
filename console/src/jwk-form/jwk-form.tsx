import { Button, Group, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { Link } from 'wouter';
import { CurlNote } from '../curl/curl-note.tsx';
import { errorText } from '../display/error-note.tsx';
import { fieldErrors } from '../display/form/field-errors.ts';
import { useLeaveGuard } from '../layout/use-leave-guard.ts';
import { AllowanceFields, mayEncrypt } from './allowance-fields.tsx';
import type { Draft, FormField, FormPartProps } from './draft.ts';
import { fieldText, formFields } from './form-errors.ts';
import { isStoredSource } from './form-sources.ts';
import { KidField } from './kid-field.tsx';
import './jwk-form.css';
import type { SourceKey } from '../../../clients/typescript/src/index.ts';
import { OwnUsageFields } from './own-usage-fields.tsx';
import { SourceFields, useFile } from './source-fields.tsx';
import { UsageFields } from './usage-fields.tsx';
import { chosenKey, type Inspection, useInspection } from './use-inspection.ts';
import { type JwkFormProps, useSaveJwk } from './use-save-jwk.ts';

/** One form for all sources. It keeps its input if the manager rejects it. */
export function JwkForm({
  projectName,
  replaced,
  first,
  cancelPath,
  onSaved,
}: JwkFormProps & {
  /** What the form is filled with at the start. */
  readonly first: Draft;
  readonly cancelPath: string;
}) {
  const [draft, setDraft] = useState(first);
  const set = (changes: Partial<Draft>) => setDraft((now) => ({ ...now, ...changes }));
  const inspection = useInspection(projectName, draft);
  const chosen = draft.source === 'GENERATE' ? undefined : chosenKey(draft, inspection);
  const [touched, setTouched] = useState(false);
  useLeaveGuard(touched);
  const { save, request } = useSaveJwk({
    projectName,
    replaced,
    draft,
    chosen,
    onSaved(name) {
      // What was filled in is saved: leaving asks nothing any more.
      flushSync(() => setTouched(false));
      onSaved(name);
    },
  });
  const errors = fieldErrors(save.error, formFields);
  const shown = { keys: inspection.keys, algorithms: chosen?.algorithms };
  const errorOf = shownErrors(draft, (field) => fieldText(field, errors.of(field), save.error), shown);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (save.error) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [save.error]);
  const part: FormPartProps = {
    projectName,
    draft,
    errorOf,
    set: (changes) => {
      setTouched(true);
      set(changes);
    },
  };
  const file = useFile(part.set);
  // Step 1 of 2 comes first: the JWK has no source before the file is stored.
  const isStoring = file.material !== undefined;
  function submit(event: FormEvent) {
    event.preventDefault();
    save.mutate();
  }
  const isNew = replaced === undefined;
  return (
    <form ref={form} onSubmit={submit} noValidate className="jwk-form">
      <Stack gap="lg">
        <SourceFields {...part} inspection={inspection} file={file} withGenerate={isNew} />
        {chosen?.algorithms && isStoredSource(draft.source) && (
          <UsageFields {...part} algorithms={chosen.algorithms} />
        )}
        {chosen?.algorithms && isJwkSource(draft) && (
          <OwnUsageFields {...part} item={chosen} algorithms={chosen.algorithms} />
        )}
        {!isStoring && takesKid(draft, inspection) && <KidField {...part} />}
        {isNew && mayEncrypt(draft, chosen) && <AllowanceFields {...part} />}
        <NameFields {...part} isNew={isNew} />
        <CurlNote {...request} />
      </Stack>
      <div className="form-bar">
        <Text role="alert" size="sm" c="var(--mantine-color-error)" className="form-bar-error">
          {save.error && `Not saved: ${errorText(save.error)}`}
        </Text>
        <Group gap="sm">
          <Button type="submit" loading={save.isPending} disabled={isStoring}>
            {isNew ? 'Create and deploy' : 'Replace and deploy'}
          </Button>
          <Button component={Link} href={cancelPath} variant="default">
            Cancel
          </Button>
        </Group>
      </div>
    </form>
  );
}

/** The error of a field that this source does not show appears in the bar only. */
function shownErrors(
  draft: Draft,
  of: (field: FormField) => string | undefined,
  {
    keys,
    algorithms,
  }: Pick<Inspection, 'keys'> & { readonly algorithms: SourceKey['algorithms'] | undefined },
) {
  const isStored = isStoredSource(draft.source);
  const hidden: FormField[] = [
    ...(draft.source === 'URL' ? [] : (['url'] as const)),
    ...(draft.source === 'COPY_PASTE' ? [] : (['jwkStr'] as const)),
    ...(isStored ? [] : (['materialName', 'environmentName'] as const)),
    ...(draft.source === 'KEYSTORE' && keys !== undefined ? [] : (['aliasName'] as const)),
    ...(draft.source === 'GENERATE' || algorithms ? [] : (['useType', 'algorithm'] as const)),
  ];
  return (field: FormField) => (hidden.includes(field) ? undefined : of(field));
}

function isJwkSource({ source }: Draft): boolean {
  return source === 'URL' || source === 'COPY_PASTE';
}

/** Whether the form has a kid field. A listed key is chosen with its kid, so it needs none. */
function takesKid(draft: Draft, { keys, total }: Inspection): boolean {
  if (draft.source === 'GENERATE' || isStoredSource(draft.source)) return true;
  if (keys === undefined || total > keys.length) return true;
  return keys.length === 1 && keys[0]?.kid === null;
}

function NameFields({ draft, set, errorOf, isNew }: FormPartProps & { readonly isNew: boolean }) {
  return (
    <>
      {isNew && (
        <TextInput
          label="Name"
          description="Unique in the project. It cannot be changed later"
          required
          autoComplete="off"
          spellCheck={false}
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
