import { useEffect } from 'react';
import { useRoute } from 'wouter';
import { useSignedIn } from '../session/session-context.ts';

/** The address of a page of a project; names have characters that addresses give a meaning. */
export function projectPath(projectName: string, page?: string, name?: string): string {
  return ['/projects', projectName, page, name]
    .filter((part) => part !== undefined)
    .map((part, index) => (index === 0 ? part : encodeURIComponent(part)))
    .join('/');
}

/** The project that the address names, if it names one. */
export function useAddressedProject(): string | undefined {
  const [matches, parameters] = useRoute('/projects/:projectName/*?');
  return matches ? parameters.projectName : undefined;
}

const storageKey = 'keyplane.project';

/**
 * The project whose pages the sidebar offers: that of the address, or the last one that was looked at in this tab, so
 * that a page of the installation does not lose it. Undefined where the user cannot see the project of the address.
 */
export function useCurrentProject(): string | undefined {
  const { projects } = useSignedIn();
  const addressed = useAddressedProject();
  const names = projects.map(({ name }) => name);
  const wanted =
    addressed ?? sessionStorage.getItem(storageKey) ?? (names.length === 1 ? names[0] : undefined);
  const current = names.find((name) => name === wanted);
  useEffect(() => {
    if (addressed !== undefined && addressed === current) sessionStorage.setItem(storageKey, addressed);
  }, [addressed, current]);
  return current;
}
