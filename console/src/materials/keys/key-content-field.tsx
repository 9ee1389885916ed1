import { Text, Textarea } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { Operations } from '../../../../clients/typescript/src/index.ts';
import { keyplane } from '../../api/keyplane.ts';
import { errorText } from '../../display/error-note.tsx';
import { FileDrop } from '../../display/form/file-drop.tsx';
import { fileAsBase64, fileAsPem } from '../parts/read-file.ts';

export type KeyFacts = Operations['inspectKey']['answer']['resultList'][number];

const typingPauseMs = 400;

/** A key as a file or as text. A private or public key is looked into at once; a secret is any bytes. */
export function KeyContentField({
  projectName,
  secret,
  value,
  onChange,
  onFacts,
}: {
  readonly projectName: string;
  readonly secret: boolean;
  readonly value: string;
  readonly onChange: (content: string) => void;
  readonly onFacts: (facts: KeyFacts) => void;
}) {
  const [fileName, setFileName] = useState<string | undefined>();
  const inspect = useMutation({
    mutationFn: (content: string) => keyplane.inspectKey({ projectName, body: { content } }),
    onSuccess: ({ resultList: [facts] }) => facts && onFacts(facts),
  });
  const look = useDebouncedCallback((content: string) => {
    if (content.trim() === '' || secret) inspect.reset();
    else inspect.mutate(content);
  }, typingPauseMs);
  async function take(file: File) {
    const content = await (secret ? fileAsBase64(file) : fileAsPem(file, 'PRIVATE KEY'));
    setFileName(file.name);
    onChange(content);
    look(content);
  }
  const facts = secret ? undefined : inspect.data?.resultList[0];
  const error = !secret && inspect.error ? errorText(inspect.error) : undefined;
  return (
    <>
      <FileDrop
        label={secret ? 'File of raw bytes' : 'Key file'}
        fileName={fileName}
        onFile={(file) => void take(file)}
      />
      <Textarea
        label={secret ? 'Or its bytes as base64' : 'Or its text'}
        description={secret ? undefined : 'PEM, or base64 of PEM'}
        autosize
        minRows={3}
        maxRows={8}
        autoComplete="off"
        spellCheck={false}
        classNames={{ input: 'mono' }}
        value={value}
        error={error}
        onChange={(event) => {
          setFileName(undefined);
          onChange(event.currentTarget.value);
          look(event.currentTarget.value);
        }}
      />
      {facts !== undefined && <Text role="status">{factsText(facts)}</Text>}
    </>
  );
}

function factsText({ keyType, type, curve, size }: KeyFacts): string {
  const kind = keyType === 'PRIVATE_KEY' ? 'private' : 'public';
  return `A ${kind} ${type} key${curve === null ? '' : ` on ${curve}`} of ${size} bits`;
}
