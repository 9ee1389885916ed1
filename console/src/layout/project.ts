import { useRoute } from 'wouter';

/** The address of a page of a project; names have characters that addresses give a meaning. */
export function projectPath(projectName: string, page: string, name?: string): string {
  const path = `/projects/${encodeURIComponent(projectName)}/${page}`;
  return name === undefined ? path : `${path}/${encodeURIComponent(name)}`;
}

/** The project that the address names, if it names one. */
export function useProjectName(): string | undefined {
  const [matches, parameters] = useRoute('/projects/:projectName/*?');
  return matches ? parameters.projectName : undefined;
}
