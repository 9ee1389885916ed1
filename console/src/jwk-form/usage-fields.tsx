import { NativeSelect, SimpleGrid } from '@mantine/core';
import { type UseType, useTypes } from '../../../src/jose/use-type.ts';
import type { FormPartProps } from './draft.ts';
import { usageOf } from './request.ts';

export const useTypeTexts: Readonly<Record<UseType, string>> = {
  SIGNATURE: 'Signature',
  ENCRYPTION: 'Encryption',
};

/** Use and algorithm: only what fits the key. */
export function UsageFields({
  draft,
  set,
  errorOf,
  algorithms,
}: FormPartProps & { readonly algorithms: Readonly<Record<UseType, readonly string[]>> }) {
  const { useType, algorithm } = usageOf(draft, algorithms);
  const uses = useTypes.filter((use) => algorithms[use].length > 0);
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }}>
      <NativeSelect
        label="Use"
        value={useType}
        error={errorOf('useType')}
        onChange={(event) => set({ useType: event.currentTarget.value as UseType, algorithm: '' })}
        data={uses.map((value) => ({ value, label: useTypeTexts[value] }))}
      />
      <NativeSelect
        label="Algorithm"
        value={algorithm}
        error={errorOf('algorithm')}
        onChange={(event) => set({ algorithm: event.currentTarget.value })}
        data={[...algorithms[useType]]}
      />
    </SimpleGrid>
  );
}
