import { Anchor, Group, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { usePageTitle } from './page-title.ts';

/** The title of the page, the path to it, and its actions. It sets the title of the tab, too. */
export function PageHeader({
  title,
  up,
  description,
  children,
}: {
  readonly title: string;
  readonly up?: { readonly path: string; readonly label: string };
  /** One sentence about the purpose of the page. */
  readonly description?: ReactNode;
  readonly children?: ReactNode;
}) {
  usePageTitle(title);
  return (
    <Group justify="space-between" align="end" gap="sm" className="page-header">
      <div>
        {up !== undefined && (
          <Text size="sm" c="dimmed">
            <Anchor component={Link} href={up.path} c="dimmed" fz="inherit" underline="hover">
              <span aria-hidden="true">‹ </span>
              {up.label}
            </Anchor>
          </Text>
        )}
        <Title order={1}>{title}</Title>
        {description !== undefined && (
          <Text size="sm" c="dimmed" maw="44rem" mt={2}>
            {description}
          </Text>
        )}
      </div>
      <Group gap="xs">{children}</Group>
    </Group>
  );
}
