import { IsRestoringProvider, type QueryClient, useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useState } from 'react';
import { flushSync } from 'react-dom';
import { type ChangeMutation, useChange } from './use-change.ts';

type SetPaused = (isPaused: boolean) => void;

const PausedContext = createContext<SetPaused>(() => {});

/**
 * The page of an object that `useDeletion` deletes. Its queries pause from the request to delete the object on: the manager
 * has deleted the object before it answers, because it waits for the nodes, and each query would show an error meanwhile.
 */
export function DeletionScope({ children }: { readonly children: ReactNode }) {
  const [isPaused, setPaused] = useState(false);
  return (
    <PausedContext value={setPaused}>
      {/* What restores a cache from a disk pauses queries this way: they keep their data and are subscribed to nothing. */}
      <IsRestoringProvider value={isPaused}>{children}</IsRestoringProvider>
    </PausedContext>
  );
}

/** A change that deletes the object of the page. After it the page has to be left; if it is rejected, the page goes on. */
export function useDeletion<Answer>(
  send: () => Promise<Answer>,
  onDone: (answer: Answer) => void,
): ChangeMutation<Answer, void> {
  const queries = useQueryClient();
  const setPaused = useContext(PausedContext);
  return useChange(async () => {
    flushSync(() => setPaused(true));
    try {
      await pendingQueries(queries);
      return await send();
    } catch (error) {
      setPaused(false);
      throw error;
    }
  }, onDone);
}

/** Resolves once what was asked for before has been answered. */
async function pendingQueries(queries: QueryClient): Promise<void> {
  const pending = queries.getQueryCache().findAll({ fetchStatus: 'fetching' });
  await Promise.allSettled(pending.map(({ promise }) => promise));
}
