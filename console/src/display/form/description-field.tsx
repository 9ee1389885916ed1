import { Textarea } from '@mantine/core';

interface FieldProps {
  readonly value: string;
  readonly error?: string | undefined;
  readonly onChange: (value: string) => void;
}

export function DescriptionField({ value, error, onChange }: FieldProps) {
  return (
    <Textarea
      label="Description"
      autosize
      maxLength={1024}
      value={value}
      error={error}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
