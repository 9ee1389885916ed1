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

/** Undefined while it loads, null if no user is signed in. */
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
    // Drops everything that the previous user saw.
    onSuccess: () => queries.resetQueries(),
  });
}

export function useSignOut() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => keyplane.deleteSession(),
    onSettled: () => {
      // Not `clear()`: observers of the session would keep a query that no longer exists.
      queries.setQueryData(['session'], null);
      queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' });
    },
  });
}

/** Whether this user has the roles in a project. The console hides what they do not allow; the manager rejects it anyway. */
export function mayIn(session: Session, projectName: string, ...roles: readonly Role[]): boolean {
  if (session.admin) return true;
  const held = session.projects.find(({ name }) => name === projectName)?.roles ?? [];
  return held.includes('ROLE_ADMIN') || roles.every((role) => held.includes(role));
}
