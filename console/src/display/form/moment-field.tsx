import { TextInput } from '@mantine/core';

/** An instant, typed in UTC, like all times of the console. Its value is ISO 8601, or empty. */
export function MomentField({
  label,
  description,
  value,
  error,
  onChange,
}: {
  readonly label: string;
  readonly description?: string;
  readonly value: string;
  readonly error?: string | undefined;
  readonly onChange: (value: string) => void;
}) {
  return (
    <TextInput
      type="datetime-local"
      label={`${label} (UTC)`}
      description={description}
      value={fieldText(value)}
      error={error}
      onChange={(event) => {
        const moment = new Date(`${event.currentTarget.value}Z`);
        onChange(Number.isNaN(moment.getTime()) ? '' : moment.toISOString());
      }}
    />
  );
}

function fieldText(instant: string): string {
  const moment = new Date(instant);
  return Number.isNaN(moment.getTime()) ? '' : moment.toISOString().slice(0, 16);
}
