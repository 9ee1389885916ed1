import { TextInput } from '@mantine/core';

interface FieldProps {
  readonly value: string;
  readonly error: string | undefined;
  readonly onChange: (value: string) => void;
}

/** The name of a new object. */
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
