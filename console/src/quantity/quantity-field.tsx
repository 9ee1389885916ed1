import { Group, Input, NativeSelect, TextInput } from '@mantine/core';
import { useId } from 'react';
import type { Quantity, Unit } from './quantity.ts';

/** A whole number and its unit: one field of two controls, which share its label, description and error. */
export function QuantityField({
  label,
  description,
  placeholder,
  units,
  value,
  error,
  onChange,
}: {
  readonly label: string;
  readonly description?: string;
  readonly placeholder?: string;
  readonly units: readonly Unit[];
  readonly value: Quantity;
  readonly error?: string | undefined;
  readonly onChange: (value: Quantity) => void;
}) {
  const id = useId();
  return (
    <Input.Wrapper id={id} label={label} description={description} error={error}>
      <Group gap="xs" wrap="nowrap" mt={4}>
        <TextInput
          id={id}
          flex={1}
          miw={0}
          inputMode="numeric"
          autoComplete="off"
          placeholder={placeholder}
          value={value.amount}
          error={error !== undefined}
          aria-describedby={error === undefined ? undefined : `${id}-error`}
          onChange={(event) =>
            onChange({ ...value, amount: event.currentTarget.value.replace(/\D/g, '').slice(0, 9) })
          }
        />
        <NativeSelect
          aria-label={`${label}: unit`}
          value={value.unit}
          onChange={(event) => onChange({ ...value, unit: event.currentTarget.value })}
          data={units.map((unit) => ({ value: unit.value, label: unit.label }))}
        />
      </Group>
    </Input.Wrapper>
  );
}
