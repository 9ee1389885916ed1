import { Gauge, Histogram, type Registry } from 'prom-client';
import type { StoreLoad, StoreWatch } from './store-watch.ts';

/** Of this manager's own store: how long its commits take, how many writes share one, and what waits. */
export function measureStore(metrics: Registry): StoreWatch {
  const registers = [metrics];
  const durations = new Histogram({
    name: 'keyplane_database_commit_duration_seconds',
    help: 'Time that a commit takes until it is durable',
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers,
  });
  const sizes = new Histogram({
    name: 'keyplane_database_commit_writes',
    help: 'Writes that became durable in one commit',
    buckets: [1, 2, 4, 8, 16, 32, 64],
    registers,
  });
  let load: (() => StoreLoad) | undefined;
  new Gauge({
    name: 'keyplane_database_writes_waiting',
    help: 'Writes that wait for their commit to begin',
    registers,
    collect() {
      this.set(load?.().waitingWrites ?? 0);
    },
  });
  new Gauge({
    name: 'keyplane_database_connections',
    help: 'Connections to the database server that are busy or idle, and transactions that await one',
    labelNames: ['state'],
    registers,
    collect() {
      for (const [state, count] of Object.entries(load?.().connections ?? {})) this.set({ state }, count);
    },
  });
  return {
    opened(ask) {
      load = ask;
    },
    committed({ writes, seconds }) {
      durations.observe(seconds);
      sizes.observe(writes);
    },
  };
}
