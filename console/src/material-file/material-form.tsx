import { Alert, Button, Checkbox, Group, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { keyplane } from '../api/keyplane.ts';
import { type DeploymentResult, resultOf } from '../display/deployment-note.tsx';
import { ErrorNote } from '../display/error-note.tsx';
import { fieldErrors } from '../display/form/field-errors.ts';
import type { MaterialFile } from './found-file.ts';
import { type MaterialDraft, storeMaterial } from './store-material.ts';

export interface StoredMaterialNote {
  readonly name: string;
  readonly environmentName: string;
  readonly deploymentResult: DeploymentResult;
}

const words = { CERTIFICATE: 'certificate', KEY: 'key', KEYSTORE: 'keystore' } as const;

const fields = [
  ['passphrase'],
  [
    'environments',
    'environmentList',
    'environmentName',
    'keyStoreEnvironmentList',
    'cryptoKeyInfoEnvironmentList',
  ],
  ['keyPassword'],
  ['password'],
  ['name', 'certificateName', 'alias', 'aliasName'],
] as const;

/** Stores a file as material of the project, from which the JWK is made then. */
export function MaterialForm({
  projectName,
  file,
  onStored,
  onDrop,
}: {
  readonly projectName: string;
  readonly file: MaterialFile;
  readonly onStored: (stored: StoredMaterialNote) => void;
  readonly onDrop: () => void;
}) {
  const queries = useQueryClient();
  const [draft, setDraft] = useState<MaterialDraft>(() => firstDraft(file));
  const set = (changes: Partial<MaterialDraft>) => setDraft({ ...draft, ...changes });
  // Without variables, and dropped at once: passwords and keys are kept by this form alone.
  const store = useMutation({
    gcTime: 0,
    mutationFn: () => storeMaterial({ projectName, file, draft }),
    onSuccess: (answer) => {
      void queries.invalidateQueries();
      const environmentName = draft.environments[0] ?? '';
      onStored({ name: draft.name, environmentName, deploymentResult: resultOf(answer) });
    },
  });
  const errors = fieldErrors(store.error, fields);
  const word = words[file.kind];
  return (
    <Alert variant="outline" title={`${file.fileName} is a ${word}`} data-testid="material">
      <Stack>
        It is stored as a {word} of the project first; the JWK is made from that.
        <TextInput
          label={`Name of the ${word}`}
          required
          value={draft.name}
          error={errors.of('name')}
          onChange={(event) => set({ name: event.currentTarget.value })}
        />
        <Environments
          projectName={projectName}
          chosen={draft.environments}
          error={errors.of('environments')}
          onChange={(environments) => set({ environments })}
        />
        {file.kind === 'KEYSTORE' && <Passwords draft={draft} set={set} errorOf={errors.of} />}
        {file.kind === 'KEY' && (errors.of('passphrase') !== undefined || draft.passphrase !== '') && (
          <PasswordInput
            label="Passphrase of the key"
            description="The key is encrypted. The passphrase opens it and is not stored"
            autoComplete="off"
            value={draft.passphrase}
            error={errors.of('passphrase')}
            onChange={(event) => set({ passphrase: event.currentTarget.value })}
          />
        )}
        <ErrorNote error={errors.rest} />
        <Group gap="xs">
          <Button loading={store.isPending} onClick={() => store.mutate()}>
            Store the {word}
          </Button>
          <Button variant="default" onClick={onDrop}>
            Leave it
          </Button>
        </Group>
      </Stack>
    </Alert>
  );
}

/** A name that the server takes, out of the file's. */
function firstDraft({ fileName }: MaterialFile): MaterialDraft {
  const name = fileName.replace(/\.[^.]*$/, '').replace(/[^\p{L}\p{N}._-]+/gu, '-');
  return { name, environments: [], password: '', keyPassword: '', passphrase: '' };
}

function Passwords({
  draft,
  set,
  errorOf,
}: {
  readonly draft: MaterialDraft;
  readonly set: (changes: Partial<MaterialDraft>) => void;
  readonly errorOf: (field: 'password' | 'keyPassword') => string | undefined;
}) {
  return (
    <>
      <PasswordInput
        label="Password of the keystore"
        required
        autoComplete="off"
        value={draft.password}
        error={errorOf('password')}
        aria-invalid={errorOf('password') !== undefined}
        onChange={(event) => set({ password: event.currentTarget.value })}
      />
      <PasswordInput
        label="Password of the keys"
        description="Where it is another one"
        autoComplete="off"
        value={draft.keyPassword}
        error={errorOf('keyPassword')}
        aria-invalid={errorOf('keyPassword') !== undefined}
        onChange={(event) => set({ keyPassword: event.currentTarget.value })}
      />
    </>
  );
}

function Environments({
  projectName,
  chosen,
  error,
  onChange,
}: {
  readonly projectName: string;
  readonly chosen: readonly string[];
  readonly error: string | undefined;
  readonly onChange: (chosen: readonly string[]) => void;
}) {
  const found = useQuery({
    queryKey: ['project-environments', projectName],
    queryFn: () => keyplane.listProjectEnvironments({ projectName }),
  });
  return (
    <Checkbox.Group
      label="Environments"
      description="Which get this very file"
      required
      value={[...chosen]}
      error={error}
      onChange={onChange}
    >
      <Group mt="xs">
        {(found.data?.resultList ?? []).map(({ name }) => (
          <Checkbox key={name} value={name} label={name} />
        ))}
      </Group>
    </Checkbox.Group>
  );
}
