// The user on whose behalf the running code works. Bounded resources take turns by it. It follows asynchronous calls, so
// that arithmetic deep inside a key check knows it without a parameter on every function above.

import { AsyncLocalStorage } from 'node:async_hooks';

const requesters = new AsyncLocalStorage<string>();

const taskPrefix = 'task ';

/** Runs `work` on behalf of `requester`: the id of a user, or an address. */
export function onBehalfOf<T>(requester: string, work: () => T): T {
  return requesters.run(requester, work);
}

/** Runs `work` on behalf of a task of the manager, which takes turns with the users. */
export function onBehalfOfTask<T>(name: string, work: () => T): T {
  return onBehalfOf(`${taskPrefix}${name}`, work);
}

/** Whether it is a task of the manager: no user waits for what it does. */
export function isTask(requester: string): boolean {
  return requester === '' || requester.startsWith(taskPrefix);
}

/** Empty if there is no requester: work of the manager itself. */
export function currentRequester(): string {
  return requesters.getStore() ?? '';
}
