import { TextInput } from '@mantine/core';

interface FieldProps {
  readonly value: string;
  readonly error: string | undefined;
  readonly onChange: (value: string) => void;
}

/** What something new is to be called. */
export function NameField({ value, error, onChange }: FieldProps) {
  return (
    <TextInput
      label="Name"
      description="It cannot be changed later"
      required
      data-autofocus
      value={value}
      error={error}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
