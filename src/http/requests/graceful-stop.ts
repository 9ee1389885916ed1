import type { FastifyInstance } from 'fastify';
import { KeyplaneError } from '../../errors.ts';

/** Time that running requests have to finish when the server closes; a slow client must not delay the close. */
const patienceMs = 10_000;

/**
 * When the server closes, it responds to new requests with 503, also `/readyz`, so that a load balancer uses another
 * manager. It waits for running requests while nodes are still connected and can confirm. Hooks that are added after
 * this one run when that is over. Then connections end, which otherwise would be waited for as long as they idle.
 */
export function stopGracefully(app: FastifyInstance): void {
  let closing = false;
  let underWay = 0;
  const drained = Promise.withResolvers<void>();
  app.addHook('preClose', async () => {
    closing = true;
    if (underWay === 0) return;
    const impatience = setTimeout(drained.resolve, patienceMs);
    await drained.promise;
    clearTimeout(impatience);
  });
  app.addHook('onRequest', async (_request, reply) => {
    if (closing) throw new KeyplaneError('unavailable', 'keyplane is stopping, try again in a moment');
    underWay += 1;
    // An aborted response emits only `close`, an injected one only `finish`.
    let ended = false;
    const end = () => {
      if (ended) return;
      ended = true;
      underWay -= 1;
      if (closing && underWay === 0) drained.resolve();
    };
    reply.raw.once('finish', end).once('close', end);
  });
  app.addHook('onSend', async (_request, reply) => {
    if (closing) reply.header('connection', 'close');
  });
}
