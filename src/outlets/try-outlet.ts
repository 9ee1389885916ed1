// What a test of an outlet answers.

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

/** Of an outlet that nodes deliver: what each last reported. */
export function trialOf({
  environmentName,
  nodeName,
  state,
  lastError,
  deliveredAt,
}: ShownDelivery): OutletTrial {
  return {
    environmentName,
    nodeName,
    success: state !== 'FAILING' && deliveredAt !== null,
    message: messageOf({ state, lastError, deliveredAt }),
  };
}

function messageOf({
  state,
  lastError,
  deliveredAt,
}: Pick<ShownDelivery, 'state' | 'lastError' | 'deliveredAt'>): string {
  if (state === 'FAILING') return lastError ?? 'The delivery failed';
  if (deliveredAt === null) return 'Nothing was delivered yet';
  return state === 'CURRENT' ? 'Delivered' : 'The delivery of the latest change is still to come';
}

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
