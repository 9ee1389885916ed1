import { Paper, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';

/** That there is nothing yet, and what to do about it. */
export function EmptyNote({ text, children }: { readonly text: string; readonly children?: ReactNode }) {
  return (
    <Paper withBorder p="lg">
      <Stack align="start" gap="sm">
        <Text>{text}</Text>
        {children}
      </Stack>
    </Paper>
  );
}
