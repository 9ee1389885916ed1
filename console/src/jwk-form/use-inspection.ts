import { useEffect, useState } from 'react';
import type { SourceKey } from '../../../clients/typescript/src/index.ts';
import { keyplane } from '../api/keyplane.ts';
import type { Draft } from './draft.ts';
import { sourceOf } from './request.ts';

export interface Inspection {
  readonly isPending: boolean;
  readonly error: unknown;
  /** Undefined until the current source was inspected. */
  readonly keys: readonly SourceKey[] | undefined;
  /** How many there are. The first hundred are listed. */
  readonly total: number;
  /** Fetches a URL. Other sources are inspected as they are filled in. */
  readonly look: () => void;
}

interface Outcome {
  readonly of: string;
  readonly keys?: readonly SourceKey[];
  readonly total?: number;
  readonly error?: unknown;
}

const typingPauseMs = 400;

/**
 * The keys of the source. Not a query, because query keys are cached and the input may be a private key.
 */
export function useInspection(projectName: string, draft: Draft): Inspection {
  const source = sourceOf(draft);
  const asked = source === undefined ? '' : JSON.stringify(source);
  const [outcome, setOutcome] = useState<Outcome>();
  const [wanted, setWanted] = useState('');
  const isWanted = asked !== '' && (draft.source !== 'URL' || wanted === asked);
  useEffect(() => {
    if (!isWanted) return;
    const abort = new AbortController();
    const timer = setTimeout(
      async () => {
        const body = JSON.parse(asked);
        try {
          const found = await keyplane.inspectJwkSource({ projectName, body }, { signal: abort.signal });
          setOutcome({ of: asked, keys: found.resultList, total: found.resultCount });
        } catch (error) {
          if (!abort.signal.aborted) setOutcome({ of: asked, error });
        }
      },
      draft.source === 'COPY_PASTE' ? typingPauseMs : 0,
    );
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [isWanted, asked, projectName, draft.source]);
  const current = outcome?.of === asked ? outcome : undefined;
  return {
    isPending: isWanted && current === undefined,
    error: current?.error,
    keys: current?.keys,
    total: current?.total ?? 0,
    look: () => {
      setOutcome(undefined);
      setWanted(asked);
    },
  };
}

/** The key of the new JWK, once it is decided. */
export function chosenKey(draft: Draft, { keys = [] }: Inspection): SourceKey | undefined {
  if (draft.source === 'KEYSTORE') return keys.find(({ aliasName }) => aliasName === draft.aliasName);
  if (keys.length === 1) return keys[0];
  return keys.find(
    ({ kid, thumbprint }) => (kid ?? thumbprint) !== null && (kid ?? thumbprint) === draft.kid,
  );
}
