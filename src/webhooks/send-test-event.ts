import { newId } from '../new-id.ts';
import { type SenderOptions, type SendOutcome, sendWebhook } from './send-webhook.ts';
import type { Webhook } from './webhook.ts';

/** Outside the order of its events, and once: nothing is tried again. */
export function testEventSender(options: SenderOptions): (webhook: Webhook) => Promise<SendOutcome> {
  return (webhook) => {
    const { projectName, outletName } = webhook;
    return sendWebhook(options, webhook, {
      id: newId(),
      body: {
        type: 'outlet.test',
        timestamp: options.clock().toISOString(),
        data: { projectName, objectType: 'outlet', objectName: outletName },
      },
    });
  };
}
