import { Radio, Stack } from '@mantine/core';
import { MomentField } from '../display/form/moment-field.tsx';

export interface Expiry {
  readonly kind: 'default' | 'date' | 'never';
  /** ISO 8601; only with `date`. */
  readonly at: string;
}

/** As the API takes it; undefined is 90 days. */
export function expiresAtOf({ kind, at }: Expiry): string | null | undefined {
  switch (kind) {
    case 'default':
      return undefined;
    case 'date':
      return at;
    case 'never':
      return null;
    default:
      return kind satisfies never;
  }
}

export function ExpiryField({
  value,
  error,
  onChange,
}: {
  readonly value: Expiry;
  readonly error?: string | undefined;
  readonly onChange: (value: Expiry) => void;
}) {
  return (
    <Stack gap="xs">
      <Radio.Group
        label="Expires"
        value={value.kind}
        error={value.kind === 'date' ? undefined : error}
        onChange={(kind) => onChange({ ...value, kind: kind as Expiry['kind'] })}
      >
        <Stack gap="xs" mt="xs">
          <Radio value="default" label="In 90 days" />
          <Radio value="date" label="On a date" />
          <Radio value="never" label="Never" description="Valid until someone revokes it" />
        </Stack>
      </Radio.Group>
      {value.kind === 'date' && (
        <MomentField
          label="Date and time"
          value={value.at}
          error={error}
          onChange={(at) => onChange({ kind: 'date', at })}
        />
      )}
    </Stack>
  );
}
