import { KeyplaneError } from '../../errors.ts';
import { FairQueue } from '../../runtime/fair-queue.ts';
import type { OperationContext } from './operation-call.ts';

/** More than the threads of the pool, so that none of them waits for the event loop. */
const poolJobs = 8;
const mostWaiting = 1024;
const mostWaitingOfApplication = 512;
/** A request that waits longer is better sent to another node. */
const mostWaitMs = 2_000;

/** One for all operations of a node: they share its thread pool. */
export function createOperationContext(parts: Omit<OperationContext, 'inTurn'>): OperationContext {
  const shared = {
    capacity: poolJobs,
    waiting: mostWaiting,
    waitingPerRequester: mostWaitingOfApplication,
    waitMs: mostWaitMs,
    rejection: tooMany,
  };
  const pool = new FairQueue(shared);
  const oneByOne = new FairQueue({ ...shared, capacityPerRequester: 1 });
  return {
    ...parts,
    inTurn({ runsInPool, onePerCaller }, { id: requester }, run) {
      if (!runsInPool) return run();
      const inPool = () => pool.run(async () => run(), { requester });
      return onePerCaller ? oneByOne.run(inPool, { requester }) : inPool();
    },
  };
}

function tooMany(): KeyplaneError {
  return new KeyplaneError('unavailable', 'Too many operations wait for this node! Try again.', {
    retryAfterSeconds: 1,
  });
}
