import { NativeSelect, SimpleGrid, TextInput } from '@mantine/core';
import type { KeyIdType } from '../../../clients/typescript/src/index.ts';
import { unchecked } from '../api/unchecked.ts';
import type { Draft, FormPartProps } from './draft.ts';
import { formSourceRows } from './form-sources.ts';

const madeFrom: Readonly<Record<Draft['keyIdType'], string>> = {
  TIMESTAMP: 'Timestamp (default)',
  SHA256: 'SHA-256 thumbprint',
  SHA1: 'SHA-1 thumbprint',
  ISO_DATE: 'Date and time',
  NONE: 'No kid',
  GIVEN: 'Enter my own',
} satisfies Readonly<Record<KeyIdType | 'GIVEN', string>>;

/** The key ID: how it is generated, or its value. */
export function KidField(props: FormPartProps) {
  const { draft, set, errorOf } = props;
  const { defaultKid } = formSourceRows[draft.source];
  if (defaultKid !== null) return <OwnKid {...props} description={defaultKid} />;
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
