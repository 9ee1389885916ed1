import { useSyncExternalStore } from 'react';

// The location of the console is the fragment of its address, including the filters of a list. No server or log sees it.

const listeners = new Set<() => void>();
/** The location that the pages show; the address bar is ahead of it while the leave dialog is open. */
let shown = location.hash;
let mayLeave: (() => boolean) | undefined;

addEventListener('hashchange', () => {
  if (location.hash === shown) return;
  if (mayLeave !== undefined && !mayLeave()) {
    history.pushState(history.state, '', shown === '' ? '#/' : shown);
    return;
  }
  shown = location.hash;
  for (const notify of listeners) notify();
});

function subscribe(onChange: () => void): () => void {
  listeners.add(onChange);
  return () => listeners.delete(onChange);
}

/** Until the returned function is called, only `ask` decides whether the page is left. */
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

/** Names contain no character whose meaning changes when it is decoded. */
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

/** The router decodes once before the parameters are decoded, so a percent sign is encoded twice. */
export function useHashSearch(): string {
  return useSyncExternalStore(subscribe, () => current()[1]).replaceAll('%25', '%2525');
}

/** Of the links that the pages show. */
export function hashHref(path: string): string {
  return `#${path}`;
}
