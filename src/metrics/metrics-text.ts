import { collectDefaultMetrics, type Registry } from 'prom-client';

export interface MetricsText {
  readonly contentType: string;
  /** In the text format of Prometheus; up to a second old. */
  text(): Promise<string>;
}

const freshForMs = 1_000;

/**
 * Rendering the text takes milliseconds of the event loop, and anyone may request it, so it is rendered at most once a
 * second. Adds the measures of the process to the registry.
 * @param nowMs of a monotonic clock
 */
export function createMetricsText(registry: Registry, nowMs = () => performance.now()): MetricsText {
  collectDefaultMetrics({ register: registry });
  let known: { readonly atMs: number; readonly text: Promise<string> } | undefined;
  return {
    contentType: registry.contentType,
    text() {
      if (known && nowMs() - known.atMs < freshForMs) return known.text;
      const written = { atMs: nowMs(), text: registry.metrics() };
      known = written;
      written.text.catch(() => {
        if (known === written) known = undefined;
      });
      return written.text;
    },
  };
}
