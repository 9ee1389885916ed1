const wellKnown = '/.well-known/jwks.json';

/**
 * The address of a JWK Set: of a view of a project, of a project, or of all projects of the environment. Without an access URL it begins with a
 * word that is to be replaced: a manager does not know under which name verifiers reach its nodes.
 */
export function setAddress(accessUrl: string | null, projectName?: string, viewName?: string): string {
  const base = accessUrl === null ? 'http://NODE' : accessUrl.replace(/\/+$/, '');
  const path = projectName === undefined ? '' : `/projects/${encodeURIComponent(projectName)}`;
  const viewPath = viewName === undefined ? '' : `/views/${encodeURIComponent(viewName)}`;
  return `${base}${path}${viewPath}${wellKnown}`;
}
