import { Button, Group, Radio, SimpleGrid, Stack, TextInput } from '@mantine/core';
import { intervalUnits, sizeUnits, timeLimitUnits, type Unit } from '../quantity/quantity.ts';
import { QuantityField } from '../quantity/quantity-field.tsx';
import type { FormField, FormPartProps } from './draft.ts';
import type { Inspection } from './use-inspection.ts';

const limits = [
  ['urlOptionConnectTimeout', 'Connect timeout', '5', timeLimitUnits],
  ['urlOptionReadTimeout', 'Response timeout', '10', timeLimitUnits],
  ['urlOptionSizeLimit', 'Response size limit', '1', sizeUnits],
] as const satisfies readonly (readonly [FormField, string, string, readonly Unit[]])[];

/** Where the key is fetched from, and how often. */
export function UrlFields({
  draft,
  set,
  errorOf,
  inspection,
}: FormPartProps & { readonly inspection: Inspection }) {
  return (
    <Stack>
      <Group align="start" gap="xs" wrap="nowrap">
        <TextInput
          label="URL"
          type="url"
          required
          flex={1}
          placeholder="https://example.com/.well-known/jwks.json"
          value={draft.url}
          error={errorOf('url')}
          onChange={(event) => set({ url: event.currentTarget.value })}
        />
        <Button variant="default" mt="1.375rem" loading={inspection.isPending} onClick={inspection.look}>
          Fetch
        </Button>
      </Group>
      <Radio.Group
        label="Refresh"
        value={draft.follows ? 'follow' : 'once'}
        onChange={(value) => set({ follows: value === 'follow' })}
      >
        <Group gap="lg" mt="xs">
          <Radio value="once" label="Fetch once" />
          <Radio value="follow" label="On a schedule" />
        </Group>
      </Radio.Group>
      {draft.follows && (
        <QuantityField
          label="Fetch every"
          units={intervalUnits}
          value={draft.refreshInterval}
          error={errorOf('refreshInterval')}
          onChange={(refreshInterval) => set({ refreshInterval })}
        />
      )}
      <details open={limits.some(([field]) => errorOf(field) !== undefined) || undefined}>
        <summary>Limits of the request</summary>
        <SimpleGrid cols={{ base: 1, sm: 3 }} mt="xs">
          {limits.map(([field, label, standard, units]) => (
            <QuantityField
              key={field}
              label={label}
              placeholder={standard}
              units={units}
              value={draft[field]}
              error={errorOf(field)}
              onChange={(value) => set({ [field]: value })}
            />
          ))}
        </SimpleGrid>
      </details>
    </Stack>
  );
}
