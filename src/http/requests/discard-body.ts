// A rejected client reads the response only after it has sent its body, and loses the response where the connection is
// closed before. So the rest of the body is read and discarded, for a limited time.

import type { FastifyRequest } from 'fastify';

const discardMs = 5_000;

/** Destroys the connection if the client has not ended its body by then. */
export function discardBody({ raw }: FastifyRequest): void {
  if (raw.complete) return;
  raw.resume();
  setTimeout(() => {
    if (!raw.complete) raw.destroy();
  }, discardMs).unref();
}
