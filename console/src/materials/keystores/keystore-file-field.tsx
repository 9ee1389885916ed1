import { PasswordInput, Text, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { keyplane } from '../../api/keyplane.ts';
import { errorText } from '../../display/error-note.tsx';
import { FileDrop } from '../../display/form/file-drop.tsx';
import { fileAsBase64 } from '../parts/read-file.ts';
import { KeystoreEntries } from './keystore-entries.tsx';

export interface KeystoreFileDraft {
  readonly file: string;
  readonly password: string;
  readonly keyPassword: string;
  readonly alias: string;
  readonly keyStoreType: string;
}

export const noKeystoreFile: KeystoreFileDraft = Object.freeze({
  file: '',
  password: '',
  keyPassword: '',
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
    mutationFn: ({ file, password, keyPassword }: KeystoreFileDraft) =>
      keyplane.inspectKeystore({
        projectName,
        body: { file, password, keyPassword },
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
  return (
    <>
      <FileDrop
        label="Keystore file, JKS or PKCS#12"
        accept=".jks,.p12,.pfx,.keystore"
        fileName={fileName}
        onFile={(file) => {
          setFileName(file.name);
          void fileAsBase64(file).then((text) => change({ file: text }));
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
      {inspect.data !== undefined && (
        <div role="status">
          <Text size="sm" fw={600}>
            {inspect.data.keyStoreType}, {inspect.data.resultCount}{' '}
            {inspect.data.resultCount === 1 ? 'alias' : 'aliases'}
          </Text>
          <KeystoreEntries entries={inspect.data.resultList} caption="Contents of the file" />
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
