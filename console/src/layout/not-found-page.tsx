import { Anchor, Stack, Text, Title } from '@mantine/core';
import { Link } from 'wouter';

export function NotFoundPage() {
  return (
    <Stack>
      <Title order={1} size="h2">
        No such page
      </Title>
      <Text>
        The address names nothing here.{' '}
        <Anchor component={Link} href="/">
          Go to the overview
        </Anchor>
      </Text>
    </Stack>
  );
}
