import { Anchor } from '@mantine/core';
import { Link } from 'wouter';
import { Status } from '../display/status.tsx';
import { projectPath } from '../layout/project.ts';
import type { MemberState } from './ring-types.ts';
import { memberStatuses } from './ring-words.ts';

/** The key ring of a JWK, and what the JWK is in it. */
export function RingLink({
  projectName,
  jwk: { ringName, ringState },
}: {
  readonly projectName: string;
  readonly jwk: { readonly ringName: string | null; readonly ringState: MemberState | null };
}) {
  if (ringName === null) return null;
  return (
    <span>
      <Anchor component={Link} href={projectPath(projectName, 'key-rings', ringName)} fz="inherit">
        {ringName}
      </Anchor>{' '}
      {ringState !== null && <Status of={memberStatuses[ringState]} />}
    </span>
  );
}
