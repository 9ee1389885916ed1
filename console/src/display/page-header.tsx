import { Anchor, Group, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'wouter';

/** Where one is, the way up, and what can be done here. */
export function PageHeader({
  title,
  up,
  children,
}: {
  readonly title: string;
  readonly up?: { readonly path: string; readonly label: string };
  readonly children?: ReactNode;
}) {
  return (
    <Group justify="space-between" align="end" gap="sm">
      <div>
        {up !== undefined && (
          <Anchor component={Link} href={up.path} size="sm">
            {up.label}
          </Anchor>
        )}
        <Title order={1} size="h2">
          {title}
        </Title>
      </div>
      <Group gap="xs">{children}</Group>
    </Group>
  );
}
