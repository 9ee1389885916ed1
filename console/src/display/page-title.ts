import { useEffect } from 'react';
import { useAddressedProject } from '../layout/project.ts';

/** Names the tab and the entry of the history: the page, its project, and the program. */
export function usePageTitle(title: string): void {
  const projectName = useAddressedProject();
  useEffect(() => {
    const parts = [title, projectName === title ? undefined : projectName, 'keyplane'];
    document.title = parts.filter((part) => part !== undefined).join(' · ');
  }, [title, projectName]);
}
