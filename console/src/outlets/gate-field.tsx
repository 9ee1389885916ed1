import { Switch } from '@mantine/core';

export function GateField({
  value,
  error,
  onChange,
}: {
  readonly value: boolean;
  readonly error: string | undefined;
  readonly onChange: (gate: boolean) => void;
}) {
  return (
    <Switch
      label="Key rings wait for it"
      description="A new key becomes active only after this outlet has it"
      checked={value}
      error={error}
      onChange={(event) => onChange(event.currentTarget.checked)}
    />
  );
}
