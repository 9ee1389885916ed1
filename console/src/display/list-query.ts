import { useMemo } from 'react';
import { useSearchParams } from 'wouter';

/** How many rows a page may have; the first is the default. */
export const pageSizes = [20, 50, 100] as const;

/** The query parameters of a list of the API. */
export interface ListQuery {
  readonly page: string;
  readonly size: string;
  readonly sort?: string;
  readonly search?: string;
}

/** A list's page, order, search and filters. They are in the address, so that a view can be bookmarked and shared. */
export interface ListState {
  readonly query: ListQuery;
  readonly page: number;
  /** Rows of a page. */
  readonly size: number;
  /** The value in the address; empty if it has none. */
  filter(name: string): string;
  /** Sets these parameters; an empty one is removed. Every change except of the page returns to the first page. */
  set(changes: Readonly<Record<string, string>>): void;
}

export function useListView(defaultSort?: string): ListState {
  const [parameters, setParameters] = useSearchParams();
  return useMemo(() => {
    const sort = parameters.get('sort') ?? defaultSort;
    const search = parameters.get('search') ?? '';
    const page = Math.max(1, Number.parseInt(parameters.get('page') ?? '', 10) || 1);
    const size = pageSizes.find((rows) => String(rows) === parameters.get('size')) ?? pageSizes[0];
    return {
      page,
      size,
      query: {
        page: String(page),
        size: String(size),
        ...(sort !== undefined && { sort }),
        ...(search !== '' && { search }),
      },
      filter: (name) => parameters.get(name) ?? '',
      set(changes) {
        setParameters(
          (now) => {
            const next = new URLSearchParams(now);
            if (!('page' in changes)) next.delete('page');
            for (const [name, value] of Object.entries(changes)) {
              if (value === '') next.delete(name);
              else next.set(name, value);
            }
            return next;
          },
          { replace: true },
        );
      },
    };
  }, [parameters, setParameters, defaultSort]);
}
