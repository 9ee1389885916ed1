import { List, Text } from '@mantine/core';

/** What was left out or rewritten of what was given. */
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
