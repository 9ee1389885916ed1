// The result of a test of an outlet.

import type { OutletTestResult } from '../deployments/outlet-tests.ts';
import { isKeyplaneError } from '../errors.ts';
import type { SendOutcome } from '../webhooks/send-webhook.ts';
import type { ShownDelivery } from './outlet-states.ts';

export interface OutletTrial {
  /** Undefined for a webhook, whose events are those of the project. */
  readonly environmentName?: string;
  readonly nodeName?: string | undefined;
  readonly success: boolean;
  readonly message: string;
}

/** What a node found out. */
export function nodeTrial(result: OutletTestResult): Pick<OutletTrial, 'success' | 'message'> {
  if (result === 'NO_ANSWER') return { success: false, message: 'The node did not respond in time' };
  const { error } = result;
  return error === null
    ? { success: true, message: 'The files can be written' }
    : { success: false, message: error };
}

const notAsked =
  'Not tested: the manager that the node is connected to did not respond. The node reported last';

/** Of a node that this manager cannot ask: what it reported last. */
export function reportedTrial({
  state,
  lastError,
  deliveredAt,
}: Pick<ShownDelivery, 'state' | 'lastError' | 'deliveredAt'>): Pick<OutletTrial, 'success' | 'message'> {
  switch (state) {
    case 'FAILING':
      return { success: false, message: `${notAsked}: ${lastError ?? 'The delivery failed'}` };
    case 'CURRENT':
      return { success: true, message: `${notAsked} that the latest change is delivered` };
    case 'LAGGING': {
      const what = deliveredAt === null ? 'nothing was' : 'the latest change was not';
      return { success: false, message: `${notAsked} that ${what} delivered yet` };
    }
    default:
      return state satisfies never;
  }
}

export const notConnectedTrial: Pick<OutletTrial, 'success' | 'message'> = Object.freeze({
  success: false,
  message: 'The node is not connected',
});

export function webhookTrial(outcome: SendOutcome): OutletTrial {
  switch (outcome.result) {
    case 'DELIVERED':
      return { success: true, message: 'The receiver accepted a test event' };
    case 'STOPPED':
    case 'FAILED':
      return { success: false, message: outcome.error };
    case 'INTERRUPTED':
      return { success: false, message: 'The manager is stopping' };
    default:
      return outcome satisfies never;
  }
}

/** @param probe fails with a text for the operator */
export async function keysTrial(probe: Promise<void>): Promise<OutletTrial> {
  try {
    await probe;
    return { success: true, message: 'The server accepted the credential, and the secret can be read' };
  } catch (error) {
    if (!isKeyplaneError(error)) throw error;
    return { success: false, message: error.message };
  }
}
