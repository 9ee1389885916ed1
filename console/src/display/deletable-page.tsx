import { Anchor, Stack } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { flushSync } from 'react-dom';
import { Link } from 'wouter';
import { DeploymentNote } from './deployment-note.tsx';
import type { Announcement } from './last-deployment.ts';
import { PageHeader } from './page-header.tsx';

interface DeletablePageProps {
  /** The list that the object stands in. */
  readonly up: { readonly path: string; readonly label: string };
  readonly projectName: string;
  /** The page while the object exists. */
  readonly children: (onDeleted: (announcement: Announcement) => void) => ReactNode;
}

/** The page of an object, and after its deletion how nodes took it, with the way back to the list. */
export function DeletablePage({ up, projectName, children }: DeletablePageProps) {
  const [deleted, setDeleted] = useState<Announcement>();
  // At once, so that nothing asks for an object that does not exist any more.
  if (deleted === undefined) return children((announcement) => flushSync(() => setDeleted(announcement)));
  return (
    <Stack>
      <PageHeader title={deleted.title} up={up} />
      <DeploymentNote result={deleted.result} />
      <Anchor component={Link} href={up.path}>
        {up.label} of {projectName}
      </Anchor>
    </Stack>
  );
}
