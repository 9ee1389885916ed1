import { Anchor, Stack, Text } from '@mantine/core';
import { Link } from 'wouter';
import { PageHeader } from '../display/page-header.tsx';

export function NotFoundPage() {
  return <NoticePage title="No such page" text="There is nothing at this address." />;
}

/** Shown to other users instead of a page whose every request the API would reject. */
export function AdministratorsOnlyPage() {
  return <NoticePage title="Permission required" text="Only administrators can see this page." />;
}

function NoticePage({ title, text }: { readonly title: string; readonly text: string }) {
  return (
    <Stack>
      <PageHeader title={title} />
      <Text>
        {text}{' '}
        <Anchor component={Link} href="/">
          Go to the overview
        </Anchor>
      </Text>
    </Stack>
  );
}
