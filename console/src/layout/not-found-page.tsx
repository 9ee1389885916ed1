import { Anchor, Stack, Text } from '@mantine/core';
import { Link } from 'wouter';
import { PageHeader } from '../display/page-header.tsx';

export function NotFoundPage() {
  return (
    <Stack>
      <PageHeader title="No such page" />
      <Text>
        There is nothing at this address.{' '}
        <Anchor component={Link} href="/">
          Go to the overview
        </Anchor>
      </Text>
    </Stack>
  );
}
