import { useSyncExternalStore } from 'react';

// Where the console is: all of it behind the #, the filters of a list too. Nothing of it reaches a server or its log.

const listeners = new Set<() => void>();
/** What the pages show; the address bar is ahead of it while somebody is asked whether to leave. */
let shown = location.hash;
let mayLeave: (() => boolean) | undefined;

addEventListener('hashchange', () => {
  if (location.hash === shown) return;
  if (mayLeave !== undefined && !mayLeave()) {
    history.pushState(history.state, '', shown === '' ? '#/' : shown);
    return;
  }
  shown = location.hash;
  for (const tell of listeners) tell();
});

function subscribe(onChange: () => void): () => void {
  listeners.add(onChange);
  return () => listeners.delete(onChange);
}

/** Until what it returns is called, nothing but `ask` lets the page go. */
export function guardLeaving(ask: () => boolean): () => void {
  mayLeave = ask;
  return () => {
    if (mayLeave === ask) mayLeave = undefined;
  };
}

function current(): readonly [path: string, search: string] {
  const [path = '', search = ''] = shown.replace(/^#?\/?/, '/').split('?', 2);
  return [decoded(path), search];
}

/** Names have no character that would mean something else once it is decoded. */
function decoded(path: string): string {
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}

function navigate(to: string, { replace = false }: { readonly replace?: boolean } = {}): void {
  const hash = `#${to.startsWith('/') ? to : `/${to}`}`;
  if (replace) location.replace(hash);
  else location.hash = hash;
}

export function useHashLocation(): [string, typeof navigate] {
  return [useSyncExternalStore(subscribe, () => current()[0]), navigate];
}

/** The router decodes once before the parameters are decoded: a percent sign has to outlive that. */
export function useHashSearch(): string {
  return useSyncExternalStore(subscribe, () => current()[1]).replaceAll('%25', '%2525');
}

/** Of the links that the pages show. */
export function hashHref(path: string): string {
  return `#${path}`;
}
