import { Group, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { Icon, type IconName } from './icon.tsx';

/** The empty state of a list: its purpose and the next step. */
export function EmptyState({
  icon,
  title,
  text,
  children,
}: {
  readonly icon: IconName;
  readonly title: string;
  /** The purpose of the list. */
  readonly text: ReactNode;
  readonly children?: ReactNode;
}) {
  return (
    <div className="empty-state">
      <Icon name={icon} size={28} />
      <Stack gap={4} align="center">
        <Text fw={600}>{title}</Text>
        <Text size="sm" c="dimmed" maw="34rem">
          {text}
        </Text>
      </Stack>
      <Group gap="xs" justify="center">
        {children}
      </Group>
    </div>
  );
}
