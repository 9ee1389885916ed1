import { Counter, type Registry } from 'prom-client';

interface LeftOut {
  readonly kind: string;
  readonly objectId: string;
}

/** An altered environment is checked every second. */
const saidAgainAfterMs = 60_000;
const mostRemembered = 1_000;

/** Counts the objects that nodes are not sent, and logs each of them at most once a minute. */
export function createLeftOutReport<Object extends LeftOut>(
  metrics: Registry,
  say: (object: Object) => void,
): (object: Object) => void {
  const counter = new Counter({
    name: 'keyplane_left_out_total',
    help: 'Times that an object was not sent to nodes: it cannot be read, or was altered outside keyplane',
    labelNames: ['kind'],
    registers: [metrics],
  });
  const saidAt = new Map<string, number>();
  return (object) => {
    counter.inc({ kind: object.kind });
    const now = performance.now();
    const before = saidAt.get(object.objectId);
    if (before !== undefined && now - before < saidAgainAfterMs) return;
    if (saidAt.size >= mostRemembered) saidAt.clear();
    saidAt.set(object.objectId, now);
    say(object);
  };
}
