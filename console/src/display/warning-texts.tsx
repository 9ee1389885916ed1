import { List, Text } from '@mantine/core';

/** The parts of the input that the manager left out or rewrote. */
export function WarningTexts({ texts = [] }: { readonly texts?: readonly string[] | undefined }) {
  if (texts.length === 0) return null;
  return (
    <div data-testid="warnings">
      <Text size="sm" fw={600}>
        {texts.length === 1 ? 'Warning' : `${texts.length} warnings`}
      </Text>
      <List size="sm">
        {texts.map((text) => (
          <List.Item key={text}>{text}</List.Item>
        ))}
      </List>
    </div>
  );
}
