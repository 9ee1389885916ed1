import { projectPath } from '../layout/project.ts';

/** The form of a new JWK, filled in like an older one. */
export function successorPath(projectName: string, jwkName: string): string {
  return `${projectPath(projectName, 'new-jwk')}?successor-of=${encodeURIComponent(jwkName)}`;
}
