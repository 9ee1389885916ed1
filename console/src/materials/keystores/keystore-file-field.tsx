import { PasswordInput, Text, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { keyplane } from '../../api/keyplane.ts';
import { errorText } from '../../display/error-note.tsx';
import { FileDrop } from '../../display/form/file-drop.tsx';
import { fileAsBase64 } from '../parts/read-file.ts';
import { KeyPasswordFields, type KeyPasswordsByAlias, useLockedAliases } from './key-password-fields.tsx';
import { KeystoreEntries, passwordHint } from './keystore-entries.tsx';

export interface KeystoreFileDraft {
  readonly file: string;
  readonly password: string;
  readonly keyPassword: string;
  readonly keyPasswords: KeyPasswordsByAlias;
  readonly alias: string;
  readonly keyStoreType: string;
}

export const noKeystoreFile: KeystoreFileDraft = Object.freeze({
  file: '',
  password: '',
  keyPassword: '',
  keyPasswords: Object.freeze({}),
  alias: '',
  keyStoreType: '',
});

const typingPauseMs = 500;

/** A keystore file and its passwords. The manager opens it as soon as both are given, and stores nothing by that. */
export function KeystoreFileField({
  projectName,
  value,
  onChange,
}: {
  readonly projectName: string;
  readonly value: KeystoreFileDraft;
  readonly onChange: (change: Partial<KeystoreFileDraft>) => void;
}) {
  const [fileName, setFileName] = useState<string | undefined>();
  const inspect = useMutation({
    mutationFn: ({ file, password, keyPassword, keyPasswords }: KeystoreFileDraft) =>
      keyplane.inspectKeystore({
        projectName,
        body: { file, password, keyPassword, keyPasswords },
      }),
    onSuccess: ({ keyStoreType }) => onChange({ keyStoreType }),
  });
  const look = useDebouncedCallback((now: KeystoreFileDraft) => {
    if (now.file !== '') inspect.mutate(now);
  }, typingPauseMs);
  function change(part: Partial<KeystoreFileDraft>) {
    onChange(part);
    look({ ...value, ...part });
  }
  const lockedAliases = useLockedAliases(value.file, inspect.data?.resultList);
  return (
    <>
      <FileDrop
        label="Keystore file, JKS or PKCS#12"
        accept=".jks,.p12,.pfx,.keystore"
        fileName={fileName}
        onFile={(file) => {
          setFileName(file.name);
          void fileAsBase64(file).then((text) => change({ file: text, keyPasswords: {} }));
        }}
      />
      <PasswordInput
        label="Keystore password"
        autoComplete="off"
        value={value.password}
        error={inspect.error ? errorText(inspect.error) : undefined}
        onChange={(event) => change({ password: event.currentTarget.value })}
      />
      <PasswordInput
        label="Key password"
        description="Only if different from the keystore password"
        autoComplete="off"
        value={value.keyPassword}
        onChange={(event) => change({ keyPassword: event.currentTarget.value })}
      />
      <KeyPasswordFields
        aliases={lockedAliases}
        value={value.keyPasswords}
        error={undefined}
        onChange={(keyPasswords) => change({ keyPasswords })}
      />
      {inspect.data !== undefined && (
        <div role="status">
          <Text size="sm" fw={600}>
            {inspect.data.keyStoreType}, {inspect.data.resultCount}{' '}
            {inspect.data.resultCount === 1 ? 'alias' : 'aliases'}
          </Text>
          <KeystoreEntries
            entries={inspect.data.resultList}
            caption="Contents of the file"
            hint={passwordHint}
          />
        </div>
      )}
      <TextInput
        label="Alias (optional)"
        description="For people to tell keystores apart"
        value={value.alias}
        onChange={(event) => onChange({ alias: event.currentTarget.value })}
      />
    </>
  );
}
