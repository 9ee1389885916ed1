import { useEffect } from 'react';
import { guardLeaving } from './hash-location.ts';

/** Asks before something that was filled in is left behind: by a link, by the way back, or by closing the page. */
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
