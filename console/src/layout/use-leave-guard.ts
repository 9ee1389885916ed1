import { useEffect } from 'react';
import { guardLeaving } from './hash-location.ts';

/** Asks before input is lost: by a link, by the back button, or by closing the page. */
export function useLeaveGuard(isUnsaved: boolean): void {
  useEffect(() => {
    if (!isUnsaved) return;
    const end = guardLeaving(() => confirm('Leave without saving what was filled in?'));
    const stay = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', stay);
    return () => {
      end();
      removeEventListener('beforeunload', stay);
    };
  }, [isUnsaved]);
}
