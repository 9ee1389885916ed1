import { Anchor } from '@mantine/core';
import { Link } from 'wouter';
import type { Outlet } from '../../../clients/typescript/src/index.ts';
import { projectPath } from '../layout/project.ts';
import { kindOption } from './kind-option.ts';
import { namedSource, outletSourceWords } from './outlet-words.ts';

/** What an outlet delivers, with a link to its page. */
export function SourceLink({
  projectName,
  outlet: { source, kind },
}: {
  readonly projectName: string;
  readonly outlet: Pick<Outlet, 'source' | 'kind'>;
}) {
  const named = namedSource(source);
  if (named === undefined) {
    return kindOption(kind).delivers === 'EVENTS' ? 'events of the project' : 'the set of the project';
  }
  const { label, page } = outletSourceWords[named.type];
  return (
    <Anchor component={Link} href={projectPath(projectName, page, named.name)} fz="inherit">
      {label} {named.name}
    </Anchor>
  );
}
