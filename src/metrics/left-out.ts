import { Counter, type Registry } from 'prom-client';

interface LeftOut {
  readonly kind: string;
  readonly objectId: string;
}

/** An environment that was altered is looked at every second. */
const saidAgainAfterMs = 60_000;
const mostRemembered = 1_000;

/** Counts what nodes are not told of, and says each of it once a minute at the most. */
export function createLeftOutReport<Object extends LeftOut>(
  metrics: Registry,
  say: (object: Object) => void,
): (object: Object) => void {
  const counter = new Counter({
    name: 'keyplane_left_out_total',
    help: 'Times that something was not told to nodes: it cannot be read, or was written past keyplane',
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
