import { NativeSelect } from '@mantine/core';
import { useLocation } from 'wouter';
import { useSignedIn } from '../session/session-context.ts';
import { projectPath, useCurrentProject } from './project.ts';

/** Which project the pages below are about. */
export function ProjectSelect({ onFollow }: { readonly onFollow: () => void }) {
  const { projects } = useSignedIn();
  const projectName = useCurrentProject();
  const [, navigate] = useLocation();
  if (projects.length === 0) return null;
  return (
    <NativeSelect
      label="Project"
      size="xs"
      className="project-select"
      value={projectName ?? ''}
      onChange={(event) => {
        const { value } = event.currentTarget;
        if (value === '') return;
        navigate(projectPath(value, 'jwks'));
        onFollow();
      }}
      data={[
        ...(projectName === undefined ? [{ value: '', label: 'Choose a project' }] : []),
        ...projects.map(({ name }) => ({ value: name, label: name })),
      ]}
    />
  );
}
