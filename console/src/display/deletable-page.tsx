import { Anchor, Stack } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { Link } from 'wouter';
import { DeletionScope } from '../api/deletion.tsx';
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
  if (deleted === undefined) return <DeletionScope>{children(setDeleted)}</DeletionScope>;
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
