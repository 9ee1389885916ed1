import { TextInput } from '@mantine/core';

/** A moment in this browser's time zone; what it tells is ISO 8601 in UTC, or empty. */
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
      label={label}
      description={description}
      value={localText(value)}
      error={error}
      onChange={(event) => {
        const moment = new Date(event.currentTarget.value);
        onChange(Number.isNaN(moment.getTime()) ? '' : moment.toISOString());
      }}
    />
  );
}

function localText(instant: string): string {
  const moment = new Date(instant);
  if (Number.isNaN(moment.getTime())) return '';
  const local = new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}
