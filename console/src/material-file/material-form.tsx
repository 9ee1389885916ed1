import { Alert, Button, Checkbox, Group, Loader, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { KeyplaneApiError } from '../../../clients/typescript/src/index.ts';
import { keyplane } from '../api/keyplane.ts';
import { type NotedDeployment, resultOf } from '../display/deployment-note.tsx';
import { ErrorNote } from '../display/error-note.tsx';
import { fieldErrors } from '../display/form/field-errors.ts';
import { WarningTexts } from '../display/warning-texts.tsx';
import { FileCertificateChain } from '../materials/certificates/certificate-chain.tsx';
import { keyFactsText } from '../materials/keys/key-facts-text.ts';
import { KeyPasswordFields, useLockedAliases } from '../materials/keystores/key-password-fields.tsx';
import { KeystoreEntries, passwordHint } from '../materials/keystores/keystore-entries.tsx';
import type { MaterialFile } from './found-file.ts';
import { type MaterialDraft, saveMaterial } from './store-material.ts';
import { type FileContents, useFileInspection } from './use-file-inspection.ts';

export interface SavedMaterial {
  readonly name: string;
  readonly environmentName: string;
  readonly deploymentResult: NotedDeployment;
}

export const materialWords: Readonly<Record<MaterialFile['kind'], string>> = {
  CERTIFICATE: 'certificate',
  KEY: 'key',
  KEYSTORE: 'keystore',
};

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
  ['keyPasswords'],
  ['password'],
  ['name', 'certificateName', 'alias', 'aliasName'],
] as const;

/** Stores a file in the project, which is the first of two steps: the JWK is created from it afterwards. */
export function MaterialForm({
  projectName,
  file,
  onStored,
  onDiscard,
}: {
  readonly projectName: string;
  readonly file: MaterialFile;
  readonly onStored: (stored: SavedMaterial) => void;
  readonly onDiscard: () => void;
}) {
  const queries = useQueryClient();
  const [draft, setDraft] = useState<MaterialDraft>(() => firstDraft(file));
  const set = (changes: Partial<MaterialDraft>) => setDraft((now) => ({ ...now, ...changes }));
  const inspection = useFileInspection(projectName, file, draft);
  const { contents } = inspection;
  const lockedAliases = useLockedAliases(
    file,
    contents?.kind === 'KEYSTORE' ? contents.found.resultList : undefined,
  );
  // Without variables, and dropped at once: only this form holds passwords and keys.
  const store = useMutation({
    gcTime: 0,
    mutationFn: async () => {
      if (contents === undefined) throw new Error('The file was not read yet');
      return saveMaterial({ projectName, file, draft, contents });
    },
    onSuccess: (answer) => {
      void queries.invalidateQueries();
      const environmentName = draft.environments[0] ?? '';
      onStored({ name: draft.name, environmentName, deploymentResult: resultOf(answer) });
    },
  });
  const errors = fieldErrors(store.error ?? inspection.error, fields);
  const word = materialWords[file.kind];
  const asksPassphrase =
    file.kind === 'KEY' && (isAbout(inspection.error, 'passphrase') || draft.passphrase !== '');
  return (
    <Alert
      variant="outline"
      title={`Step 1 of 2: store ${file.fileName} as a ${word}`}
      data-testid="material"
    >
      <Stack>
        <Text size="sm">The {word} is stored in the project. In step 2 you create the JWK from it.</Text>
        {file.kind === 'KEYSTORE' && (
          <Passwords draft={draft} set={set} errorOf={errors.of} lockedAliases={lockedAliases} />
        )}
        {asksPassphrase && (
          <PasswordInput
            label="Passphrase"
            description="The key is encrypted. The passphrase opens it and is not stored"
            autoComplete="off"
            value={draft.passphrase}
            error={errors.of('passphrase')}
            aria-invalid={errors.of('passphrase') !== undefined}
            onChange={(event) => set({ passphrase: event.currentTarget.value })}
          />
        )}
        {inspection.isPending && <Loader size="sm" role="status" aria-label="Reading the file" />}
        {contents !== undefined && <Contents contents={contents} />}
        {contents !== undefined && (
          <>
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
          </>
        )}
        <ErrorNote
          error={errors.rest}
          title={contents === undefined ? `This ${word} cannot be used` : 'Not stored'}
        />
        <Group gap="xs">
          {contents !== undefined && (
            <Button loading={store.isPending} onClick={() => store.mutate()}>
              Store the {word}
            </Button>
          )}
          <Button variant="default" onClick={onDiscard}>
            Discard
          </Button>
        </Group>
      </Stack>
    </Alert>
  );
}

function isAbout(error: unknown, member: string): boolean {
  return error instanceof KeyplaneApiError && error.member === member;
}

/** A name that the manager accepts, from the name of the file. */
function firstDraft({ fileName }: MaterialFile): MaterialDraft {
  const name = fileName.replace(/\.[^.]*$/, '').replace(/[^\p{L}\p{N}._-]+/gu, '-');
  return { name, environments: [], password: '', keyPassword: '', keyPasswords: {}, passphrase: '' };
}

function Contents({ contents }: { readonly contents: FileContents }) {
  switch (contents.kind) {
    case 'CERTIFICATE':
      return (
        <>
          <FileCertificateChain chain={contents.found.resultList} />
          <WarningTexts texts={contents.found.warnings} />
        </>
      );
    case 'KEY':
      return <Text role="status">{keyFactsText(contents.found)}</Text>;
    case 'KEYSTORE':
      return (
        <KeystoreEntries
          entries={contents.found.resultList}
          caption="Contents of the file"
          hint={passwordHint}
        />
      );
    default:
      return contents satisfies never;
  }
}

function Passwords({
  draft,
  set,
  errorOf,
  lockedAliases,
}: {
  readonly draft: MaterialDraft;
  readonly set: (changes: Partial<MaterialDraft>) => void;
  readonly errorOf: (field: 'password' | 'keyPassword' | 'keyPasswords') => string | undefined;
  readonly lockedAliases: readonly string[];
}) {
  // An empty password is not a wrong one.
  const isUntouched = draft.password === '';
  const wrong = isUntouched ? undefined : errorOf('password');
  return (
    <>
      <PasswordInput
        label="Keystore password"
        required
        autoComplete="off"
        value={draft.password}
        error={wrong}
        aria-invalid={wrong !== undefined}
        onChange={(event) => set({ password: event.currentTarget.value })}
      />
      <PasswordInput
        label="Key password"
        description="Only if different from the keystore password"
        autoComplete="off"
        value={draft.keyPassword}
        error={errorOf('keyPassword')}
        aria-invalid={errorOf('keyPassword') !== undefined}
        onChange={(event) => set({ keyPassword: event.currentTarget.value })}
      />
      <KeyPasswordFields
        aliases={lockedAliases}
        value={draft.keyPasswords}
        error={errorOf('keyPasswords')}
        onChange={(keyPasswords) => set({ keyPasswords })}
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
      description="Deploy this file to"
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
