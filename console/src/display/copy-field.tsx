import { Text } from '@mantine/core';
import { CopyButton } from './copy-button.tsx';

/** A value with a label and a copy button, such as an address. */
export function CopyField({ label, value }: { readonly label: string; readonly value: string }) {
  return (
    <div>
      <Text size="sm" fw={500}>
        {label}
      </Text>
      <div className="copy-field">
        <code>{value}</code>
        <CopyButton value={value} label={`Copy ${label}`} isBare />
      </div>
    </div>
  );
}
