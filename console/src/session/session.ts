import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { KeyplaneApiError, type Operations } from '../../../clients/typescript/src/index.ts';
import { keyplane } from '../api/keyplane.ts';

export type Session = Operations['getSession']['answer'];
export type Role =
  | 'ROLE_ADMIN'
  | 'ROLE_API_SECURITY'
  | 'ROLE_READ_PRIVATE_KEYS'
  | 'ROLE_MANAGE_PROXIES'
  | 'ROLE_DEPLOY_UNDEPLOY_PROXIES';

/** Undefined while it is asked for, null when nobody is signed in. */
export function useSession() {
  return useQuery({
    queryKey: ['session'],
    queryFn: async (): Promise<Session | null> => {
      try {
        return await keyplane.getSession();
      } catch (error) {
        if (error instanceof KeyplaneApiError && error.status === 401) return null;
        throw error;
      }
    },
    staleTime: 60_000,
  });
}

export function useSignIn() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: { readonly username: string; readonly password: string }) =>
      keyplane.createSession({ body }),
    // What somebody else saw before is gone with them.
    onSuccess: () => queries.resetQueries(),
  });
}

export function useSignOut() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => keyplane.deleteSession(),
    onSettled: () => {
      // Not `clear()`: whoever watches the session would be left watching one that is no longer there.
      queries.setQueryData(['session'], null);
      queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' });
    },
  });
}

/** What this user may do in a project; what they may not is not offered, and the server refuses it anyway. */
export function mayIn(session: Session, projectName: string, ...roles: readonly Role[]): boolean {
  if (session.admin) return true;
  const held = session.projects.find(({ name }) => name === projectName)?.roles ?? [];
  return held.includes('ROLE_ADMIN') || roles.every((role) => held.includes(role));
}
