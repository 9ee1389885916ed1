import { Button, Group, SimpleGrid, Stack, TextInput } from '@mantine/core';
import type { FormField, FormPartProps } from './draft.ts';
import type { Inspection } from './use-inspection.ts';

const limits = [
  ['urlOptionConnectTimeout', 'Connecting, milliseconds', '5000'],
  ['urlOptionReadTimeout', 'Whole answer, milliseconds', '10000'],
  ['urlOptionSizeLimit', 'Size of the answer, bytes', '1048576'],
] as const satisfies readonly (readonly [FormField, string, string])[];

/** Where the key is fetched from, and how often again. */
export function UrlFields({
  draft,
  set,
  errorOf,
  inspection,
}: FormPartProps & { readonly inspection: Inspection }) {
  return (
    <Stack>
      <Group align="end" gap="xs" wrap="nowrap">
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
        <Button variant="default" loading={inspection.isPending} onClick={inspection.look}>
          Fetch
        </Button>
      </Group>
      <TextInput
        label="Refresh interval"
        description="ISO 8601 duration, PT1M to P30D, such as PT1H. Empty: it is fetched once"
        value={draft.refreshInterval}
        error={errorOf('refreshInterval')}
        onChange={(event) => set({ refreshInterval: event.currentTarget.value })}
      />
      <details open={limits.some(([field]) => errorOf(field) !== undefined) || undefined}>
        <summary>More: limits of the fetch</summary>
        <SimpleGrid cols={{ base: 1, xs: 3 }} mt="xs">
          {limits.map(([field, label, standard]) => (
            <TextInput
              key={field}
              label={label}
              inputMode="numeric"
              placeholder={standard}
              value={draft[field]}
              error={errorOf(field)}
              onChange={(event) => set({ [field]: event.currentTarget.value.replace(/\D/g, '') })}
            />
          ))}
        </SimpleGrid>
      </details>
    </Stack>
  );
}
