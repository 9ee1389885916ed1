import { mayIn } from '../session/session.ts';
import { useSignedIn } from '../session/session-context.ts';

/** Whether this user may make, change and delete JWKs in a project; whoever may not is not offered it. */
export function useMayDeploy(projectName: string): boolean {
  return mayIn(useSignedIn(), projectName, 'ROLE_API_SECURITY', 'ROLE_DEPLOY_UNDEPLOY_PROXIES');
}
