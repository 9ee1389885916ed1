import { NativeSelect, SimpleGrid, TextInput } from '@mantine/core';
import type { KeyIdType } from '../../../clients/typescript/src/index.ts';
import { unchecked } from '../api/unchecked.ts';
import type { Draft, FormPartProps } from './draft.ts';
import type { FormSource } from './form-sources.ts';

const madeFrom: Readonly<Record<Draft['keyIdType'], string>> = {
  TIMESTAMP: 'Timestamp (default)',
  SHA256: 'SHA-256 thumbprint',
  SHA1: 'SHA-1 thumbprint',
  ISO_DATE: 'Date and time',
  NONE: 'No kid',
  GIVEN: 'Enter my own',
} satisfies Readonly<Record<KeyIdType | 'GIVEN', string>>;

const defaults: Readonly<Record<Exclude<FormSource, 'GENERATE'>, string>> = {
  URL: 'Default: the kid in the document',
  COPY_PASTE: 'Default: the kid in the JWK, or its SHA-256 thumbprint',
  CERTIFICATE: 'Default: the SHA-256 thumbprint of the key',
  KEY: 'Default: the SHA-256 thumbprint of the key',
  KEYSTORE: 'Default: the alias',
};

/** The key ID: how it is generated, or its value. */
export function KidField(props: FormPartProps) {
  const { draft, set, errorOf } = props;
  if (draft.source !== 'GENERATE') return <OwnKid {...props} description={defaults[draft.source]} />;
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }}>
      <NativeSelect
        label="Key ID (kid)"
        value={draft.keyIdType}
        error={errorOf('keyIdType')}
        onChange={(event) => set({ keyIdType: unchecked(event.currentTarget.value), kid: '' })}
        data={Object.entries(madeFrom).map(([value, label]) => ({ value, label }))}
      />
      {draft.keyIdType === 'GIVEN' && <OwnKid {...props} label="Your kid" />}
    </SimpleGrid>
  );
}

function OwnKid({
  draft,
  set,
  errorOf,
  label = 'Key ID (kid)',
  description,
}: FormPartProps & { readonly label?: string; readonly description?: string }) {
  return (
    <TextInput
      label={label}
      description={description}
      autoComplete="off"
      spellCheck={false}
      classNames={{ input: 'mono' }}
      value={draft.kid}
      error={errorOf('kid')}
      onChange={(event) => set({ kid: event.currentTarget.value })}
    />
  );
}
