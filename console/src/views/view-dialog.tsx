import { Checkbox, Group, MultiSelect, Stack } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { View } from '../../../clients/typescript/src/index.ts';
import { algorithmsFor } from '../../../src/jose/algorithms.ts';
import { useTypes } from '../../../src/jose/use-type.ts';
import { keyplane } from '../api/keyplane.ts';
import { useChange } from '../api/use-change.ts';
import { apiPath } from '../curl/curl-command.ts';
import { resultOf } from '../display/deployment-note.tsx';
import { DescriptionField } from '../display/form/description-field.tsx';
import { type FieldErrors, fieldErrors } from '../display/form/field-errors.ts';
import { FormDialog } from '../display/form/form-dialog.tsx';
import { NameField } from '../display/form/name-field.tsx';
import { keepDeployment } from '../display/last-deployment.ts';
import { publicKeyTypes } from './public-key-types.ts';
import { newViewDraft, type SelectionDraft, type ViewDraft, viewBodyOf, viewDraftOf } from './view-draft.ts';

/** How many key rings and JWKs the form offers. */
const mostOffered = 100;

const lists = ['keyTypes', 'algorithms', 'uses', 'keyRingNames', 'jwkNames'] as const;
type Field = 'name' | 'description' | `${'include' | 'exclude'}.${(typeof lists)[number]}`;

const fields: readonly (readonly [Field])[] = [
  ['name'],
  ['description'],
  ...lists.map((list) => [`include.${list}`] as const),
  ...lists.map((list) => [`exclude.${list}`] as const),
];

const algorithms = [
  ...new Set(
    publicKeyTypes.flatMap(({ kty }) =>
      useTypes.flatMap((useType) => algorithmsFor({ keyType: kty, useType })),
    ),
  ),
];

/** Creates a view, or edits the given one: everything except its name. */
export function ViewDialog({
  projectName,
  view,
  onDone,
  onClose,
}: {
  readonly projectName: string;
  readonly view?: View;
  readonly onDone: (name: string) => void;
  readonly onClose: () => void;
}) {
  const queries = useQueryClient();
  const [draft, setDraft] = useState<ViewDraft>(() =>
    view === undefined ? newViewDraft : viewDraftOf(view),
  );
  const set = (changes: Partial<ViewDraft>) => setDraft((now) => ({ ...now, ...changes }));
  const body = viewBodyOf(draft, view === undefined);
  const save = useChange(
    () =>
      view === undefined
        ? keyplane.createView({ projectName, body })
        : keyplane.updateView({ projectName, viewName: view.name, body }),
    (answer) => {
      keepDeployment(queries, ['views', projectName, draft.name], {
        title: view === undefined ? `${draft.name} is created` : `${draft.name} is changed`,
        result: resultOf(answer),
      });
      onDone(draft.name);
    },
  );
  const errors = fieldErrors<Field>(save.error, fields);
  const keys = useKeys(projectName);
  return (
    <FormDialog
      title={view === undefined ? 'New view' : `Edit ${view.name}`}
      size="lg"
      action={view === undefined ? 'Create' : 'Save'}
      request={
        view === undefined
          ? { method: 'POST', path: apiPath(projectName, 'views'), body }
          : { method: 'PUT', path: apiPath(projectName, 'views', view.name), body }
      }
      error={errors.rest}
      isPending={save.isPending}
      onSubmit={() => save.mutate()}
      onClose={onClose}
    >
      {view === undefined && (
        <NameField value={draft.name} error={errors.of('name')} onChange={(name) => set({ name })} />
      )}
      <SelectionFields
        member="include"
        legend="Keys in the view"
        hint="A key must match everything that is chosen here. Without a choice, all keys of the project are in it."
        draft={draft.include}
        set={(changes) => set({ include: { ...draft.include, ...changes } })}
        errors={errors}
        keys={keys}
      />
      <details className="more" open={Object.values(draft.exclude).some((list) => list.length > 0)}>
        <summary>Keys to leave out</summary>
        <Stack mt="sm">
          <SelectionFields
            member="exclude"
            legend="Keys to leave out"
            hint="A key that matches anything that is chosen here is not in the view."
            draft={draft.exclude}
            set={(changes) => set({ exclude: { ...draft.exclude, ...changes } })}
            errors={errors}
            keys={keys}
          />
        </Stack>
      </details>
      <DescriptionField
        value={draft.description}
        error={errors.of('description')}
        onChange={(description) => set({ description })}
      />
    </FormDialog>
  );
}

interface OfferedKeys {
  readonly rings: readonly string[];
  readonly jwks: readonly string[];
}

function useKeys(projectName: string): OfferedKeys {
  const found = useQuery({
    queryKey: ['view-keys', projectName],
    queryFn: async () => {
      const asked = { projectName, page: '1', size: String(mostOffered), sort: 'name,asc' };
      const [rings, jwks] = await Promise.all([keyplane.listKeyRings(asked), keyplane.listJwks(asked)]);
      return {
        rings: rings.resultList.filter(({ type }) => isPublic(type)).map(({ name }) => name),
        jwks: jwks.resultList
          .filter(({ type, ringName }) => isPublic(type) && ringName === null)
          .map(({ name }) => name),
      };
    },
  });
  return found.data ?? { rings: [], jwks: [] };
}

function isPublic(type: string): boolean {
  return publicKeyTypes.some(({ name }) => name === type);
}

function SelectionFields({
  member,
  legend,
  hint,
  draft,
  set,
  errors,
  keys,
}: {
  readonly member: 'include' | 'exclude';
  readonly legend: string;
  readonly hint: string;
  readonly draft: SelectionDraft;
  readonly set: (changes: Partial<SelectionDraft>) => void;
  readonly errors: FieldErrors<Field>;
  readonly keys: OfferedKeys;
}) {
  const label = (text: string) => (member === 'include' ? text : `${text} to leave out`);
  return (
    <Stack gap="sm" role="group" aria-label={legend}>
      <Checkbox.Group
        label={label('Key types')}
        description={hint}
        value={[...draft.keyTypes]}
        error={errors.of(`${member}.keyTypes`)}
        onChange={(keyTypes) => set({ keyTypes })}
      >
        <Group mt="xs">
          {publicKeyTypes.map(({ name }) => (
            <Checkbox key={name} value={name} label={name} />
          ))}
        </Group>
      </Checkbox.Group>
      <Checkbox.Group
        label={label('Uses')}
        value={[...draft.uses]}
        error={errors.of(`${member}.uses`)}
        onChange={(uses) => set({ uses })}
      >
        <Group mt="xs">
          <Checkbox value="sig" label="Signature" />
          <Checkbox value="enc" label="Encryption" />
        </Group>
      </Checkbox.Group>
      <Names
        label={label('Algorithms')}
        offered={algorithms}
        value={draft.algorithms}
        error={errors.of(`${member}.algorithms`)}
        onChange={(chosen) => set({ algorithms: chosen })}
      />
      <Names
        label={label('Key rings')}
        offered={keys.rings}
        value={draft.keyRingNames}
        error={errors.of(`${member}.keyRingNames`)}
        onChange={(keyRingNames) => set({ keyRingNames })}
      />
      <Names
        label={label('JWKs')}
        offered={keys.jwks}
        value={draft.jwkNames}
        error={errors.of(`${member}.jwkNames`)}
        onChange={(jwkNames) => set({ jwkNames })}
      />
    </Stack>
  );
}

function Names({
  label,
  offered,
  value,
  error,
  onChange,
}: {
  readonly label: string;
  readonly offered: readonly string[];
  readonly value: readonly string[];
  readonly error: string | undefined;
  readonly onChange: (names: readonly string[]) => void;
}) {
  return (
    <MultiSelect
      label={label}
      // What is chosen stays a choice where the list is longer than the form offers.
      data={[...new Set([...offered, ...value])]}
      value={[...value]}
      searchable
      clearable
      error={error}
      clearButtonProps={{ 'aria-label': `Remove all of ${label}` }}
      onChange={onChange}
    />
  );
}
