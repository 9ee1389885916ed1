import { Anchor, Stack, Text } from '@mantine/core';
import { Link } from 'wouter';
import { PageHeader } from '../display/page-header.tsx';

/** Shown to other users instead of a page whose every request the API would reject. */
export function AdministratorsOnlyPage() {
  return (
    <Stack>
      <PageHeader title="Permission required" />
      <Text>
        Only administrators can see this page.{' '}
        <Anchor component={Link} href="/">
          Go to the overview
        </Anchor>
      </Text>
    </Stack>
  );
}
