import { mayIn } from '../session/session.ts';
import { useSignedIn } from '../session/session-context.ts';

/** Whether this user may create, change and delete JWKs in a project. The console hides these actions from other users. */
export function useMayDeploy(projectName: string): boolean {
  return mayIn(useSignedIn(), projectName, 'ROLE_API_SECURITY', 'ROLE_DEPLOY_UNDEPLOY_PROXIES');
}
