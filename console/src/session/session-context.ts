import { createContext, useContext } from 'react';
import type { Session } from './session.ts';

export const SessionContext = createContext<Session | undefined>(undefined);

/** The session of the user who is signed in; only inside the signed-in part of the console. */
export function useSignedIn(): Session {
  const session = useContext(SessionContext);
  if (session === undefined) throw new Error('no user is signed in');
  return session;
}
