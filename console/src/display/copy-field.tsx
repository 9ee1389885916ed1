import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { CopyButton } from './copy-button.tsx';

/** A value to be copied whole, such as an address, with what it is above it. */
export function CopyField({
  label,
  value,
  description,
}: {
  readonly label: string;
  readonly value: string;
  readonly description?: ReactNode;
}) {
  return (
    <div>
      <Text size="sm" fw={500}>
        {label}
      </Text>
      <div className="copy-field">
        <code>{value}</code>
        <CopyButton value={value} label={`Copy ${label}`} isBare />
      </div>
      {description !== undefined && (
        <Text size="sm" c="dimmed">
          {description}
        </Text>
      )}
    </div>
  );
}
