import { NativeSelect, SimpleGrid } from '@mantine/core';
import type { SourceKey } from '../../../clients/typescript/src/index.ts';
import { type UseType, useTypes } from '../../../src/jose/use-type.ts';
import type { FormPartProps } from './draft.ts';
import { useTypeTexts } from './usage-fields.tsx';

/** Use and algorithm for a key that does not state them itself. */
export function OwnUsageFields({
  draft,
  set,
  errorOf,
  item,
  algorithms,
}: FormPartProps & {
  readonly item: SourceKey;
  readonly algorithms: Readonly<Record<UseType, readonly string[]>>;
}) {
  if (item.use !== null && item.algorithm !== null) return null;
  const own: UseType | undefined =
    item.use === null ? undefined : item.use === 'sig' ? 'SIGNATURE' : 'ENCRYPTION';
  const chosen = own ?? (draft.useType === '' ? undefined : draft.useType);
  const fitting = useTypes.filter((use) => chosen === undefined || use === chosen);
  const unset = { value: '', label: 'Leave out' };
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }}>
      {item.use === null && (
        <NativeSelect
          label="Use"
          value={draft.useType}
          error={errorOf('useType')}
          onChange={(event) => set({ useType: event.currentTarget.value as UseType | '', algorithm: '' })}
          data={[
            unset,
            ...useTypes
              .filter((use) => algorithms[use].length > 0)
              .map((value) => ({ value, label: useTypeTexts[value] })),
          ]}
        />
      )}
      {item.algorithm === null && (
        <NativeSelect
          label="Algorithm"
          description="Some verifiers reject a key without an algorithm"
          value={draft.algorithm}
          error={errorOf('algorithm')}
          onChange={(event) => set({ algorithm: event.currentTarget.value })}
          data={[unset, ...fitting.flatMap((use) => algorithms[use])]}
        />
      )}
    </SimpleGrid>
  );
}
