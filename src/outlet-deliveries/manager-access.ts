// What a delivery of an outlet has of the manager.

import type { ManagerAccess } from '../outlets/kinds/outlet-kind.ts';
import type { Outlet } from '../outlets/outlet.ts';
import type { Sealer } from '../sealing/sealed.ts';
import type { SafeFetch } from '../sources/safe-fetch/safe-fetch.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import { type IssuingStores, issueManagerToken } from './issue-token.ts';

export interface ManagerAccessOptions {
  readonly store: UnitOfWork<IssuingStores>;
  readonly sealer: Sealer;
  readonly safeFetch: Pick<SafeFetch, 'ask'>;
  readonly clock: () => Date;
}

export function managerAccess(
  { store, sealer, safeFetch, clock }: ManagerAccessOptions,
  { id, name, projectId }: Pick<Outlet, 'id' | 'name' | 'projectId'>,
  projectName: string,
): ManagerAccess {
  return {
    safeFetch,
    issueToken: (tokenProfileName) =>
      issueManagerToken({ store, sealer, now: clock() }, tokenProfileName, {
        projectId,
        projectName,
        outletId: id,
        caller: name,
      }),
  };
}
