import { NativeSelect, SimpleGrid, Stack } from '@mantine/core';
import { MomentField } from '../display/form/moment-field.tsx';
import type { FormPartProps } from './draft.ts';
import { algorithmsOf, generatedKind, generatedKinds, parameterLabels } from './generated-kinds.ts';
import { UsageFields } from './usage-fields.tsx';

/** The key that the manager generates. */
export function GenerateFields(props: FormPartProps) {
  const { draft, set, errorOf } = props;
  const { parameter, variants } = generatedKind(draft.type).generate;
  return (
    <Stack>
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <NativeSelect
          label="Key type"
          value={draft.type}
          onChange={(event) => {
            const { name, generate } = generatedKind(event.currentTarget.value);
            set({ type: name, variant: generate.preset, useType: '', algorithm: '' });
          }}
          data={generatedKinds.map(({ name, generate }) => ({ value: name, label: generate.label }))}
        />
        <NativeSelect
          label={parameterLabels[parameter]}
          value={draft.variant}
          error={errorOf('variant')}
          onChange={(event) => set({ variant: event.currentTarget.value, algorithm: '' })}
          data={variants.map(({ value, label }) => ({ value, label }))}
        />
      </SimpleGrid>
      <UsageFields {...props} algorithms={algorithmsOf(draft.type, draft.variant)} />
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <MomentField
          label="Not before"
          description="Empty: now"
          value={draft.notBeforeTime}
          error={errorOf('notBeforeTime')}
          onChange={(notBeforeTime) => set({ notBeforeTime })}
        />
        <MomentField
          label="Expires"
          description="Empty: one year after"
          value={draft.expirationTime}
          error={errorOf('expirationTime')}
          onChange={(expirationTime) => set({ expirationTime })}
        />
      </SimpleGrid>
    </Stack>
  );
}
