// The user on whose behalf the running code works. Bounded resources take turns by it. It follows asynchronous calls, so
// that arithmetic deep inside a key check knows it without a parameter on every function above.

import { AsyncLocalStorage } from 'node:async_hooks';

const requesters = new AsyncLocalStorage<string>();

/** Runs `work` on behalf of `requester`: the id of a user, or the name of a task of the manager. */
export function onBehalfOf<T>(requester: string, work: () => T): T {
  return requesters.run(requester, work);
}

/** Empty if there is no requester: work of the manager itself. */
export function currentRequester(): string {
  return requesters.getStore() ?? '';
}
