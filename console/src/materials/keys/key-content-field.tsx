import { PasswordInput, Text, Textarea } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { type KeyFacts, KeyplaneApiError } from '../../../../clients/typescript/src/index.ts';
import { keyplane } from '../../api/keyplane.ts';
import { errorText } from '../../display/error-note.tsx';
import { FileDrop } from '../../display/form/file-drop.tsx';
import { fileAsBase64, fileAsPem } from '../parts/read-file.ts';
import { keyFactsText } from './key-facts-text.ts';

export interface KeyContentDraft {
  readonly content: string;
  /** Of an encrypted key. */
  readonly passphrase: string;
}

export const noKeyContent: KeyContentDraft = Object.freeze({ content: '', passphrase: '' });

const typingPauseMs = 400;

/**
 * A key as a file or as text. A private or public key is inspected at once, with its passphrase where it is encrypted; a
 * secret is any bytes.
 */
export function KeyContentField({
  projectName,
  secret,
  value,
  onChange,
  onFacts,
}: {
  readonly projectName: string;
  readonly secret: boolean;
  readonly value: KeyContentDraft;
  readonly onChange: (change: Partial<KeyContentDraft>) => void;
  readonly onFacts: (facts: KeyFacts) => void;
}) {
  const [fileName, setFileName] = useState<string | undefined>();
  const inspect = useMutation({
    mutationFn: ({ content, passphrase }: KeyContentDraft) =>
      keyplane.inspectKey({ projectName, body: { content, ...(passphrase !== '' && { passphrase }) } }),
    onSuccess: ({ resultList: [facts] }) => facts && onFacts(facts),
  });
  const look = useDebouncedCallback((now: KeyContentDraft) => {
    if (now.content.trim() === '' || secret) inspect.reset();
    else inspect.mutate(now);
  }, typingPauseMs);
  function change(part: Partial<KeyContentDraft>) {
    onChange(part);
    look({ ...value, ...part });
  }
  async function take(file: File) {
    const content = await (secret ? fileAsBase64(file) : fileAsPem(file, 'PRIVATE KEY'));
    setFileName(file.name);
    change({ content, passphrase: '' });
  }
  const facts = secret ? undefined : inspect.data?.resultList[0];
  const error = !secret && inspect.error ? errorText(inspect.error) : undefined;
  const isAboutPassphrase = isPassphraseError(inspect.error);
  const asksPassphrase = !secret && (isAboutPassphrase || value.passphrase !== '');
  return (
    <>
      <FileDrop
        label={secret ? 'File of raw bytes' : 'Key file'}
        fileName={fileName}
        onFile={(file) => void take(file)}
      />
      <Textarea
        label={secret ? 'Or paste base64' : 'Or paste PEM'}
        description={secret ? undefined : 'PEM, or base64 of PEM or DER'}
        autosize
        minRows={3}
        maxRows={8}
        autoComplete="off"
        spellCheck={false}
        classNames={{ input: 'mono' }}
        value={value.content}
        error={isAboutPassphrase ? undefined : error}
        onChange={(event) => {
          setFileName(undefined);
          change({ content: event.currentTarget.value });
        }}
      />
      {asksPassphrase && (
        <PasswordInput
          label="Passphrase"
          description="The key is encrypted. The passphrase opens it and is not stored"
          autoComplete="off"
          value={value.passphrase}
          error={isAboutPassphrase ? error : undefined}
          onChange={(event) => change({ passphrase: event.currentTarget.value })}
        />
      )}
      {facts !== undefined && <Text role="status">{keyFactsText(facts)}</Text>}
    </>
  );
}

/** It is missing or wrong. */
function isPassphraseError(error: unknown): boolean {
  return error instanceof KeyplaneApiError && error.member === 'passphrase';
}
