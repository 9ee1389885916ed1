// Measures for operators: how the installation stands, and how deployments go. Names of environments are the only
// names in them. A scrape costs one read of counts, and scrapes that come close together share it.

import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { UnitOfWork } from '../unit-of-work.ts';
import type { InstallationStats, InstallationStatsStores } from './installation-stats-store.ts';

export interface InstallationOptions {
  readonly metrics: Registry;
  readonly store: UnitOfWork<InstallationStatsStores>;
  readonly clock: () => Date;
  readonly version: string;
  readonly leases: readonly { readonly name: string; readonly isHeld: boolean }[];
}

const freshForMs = 5_000;
const soonMs = 30 * 24 * 3600 * 1000;

export function measureInstallation({ metrics, store, clock, version, leases }: InstallationOptions): void {
  let known: { readonly at: number; readonly stats: Promise<InstallationStats | undefined> } | undefined;
  const stats = () => {
    if (known && performance.now() - known.at < freshForMs) return known.stats;
    const now = clock();
    const soon = new Date(now.getTime() + soonMs);
    // Without a database the other measures are worth all the more.
    const read = store.read((stores) => stores.stats.stats(now, soon)).catch(() => undefined);
    known = { at: performance.now(), stats: read };
    return read;
  };
  const gauge = (
    { name, label }: { name: string; label?: string },
    help: string,
    fill: (stats: InstallationStats, gauge: Gauge) => void,
  ) =>
    new Gauge({
      name: `keyplane_${name}`,
      help,
      labelNames: label === undefined ? [] : [label],
      registers: [metrics],
      async collect() {
        this.reset();
        const found = await stats();
        if (found) fill(found, this);
      },
    });
  const perEnvironment = (
    name: string,
    help: string,
    member: 'revision' | 'nodes' | 'connected' | 'lagging' | 'diverged',
  ) =>
    gauge({ name, label: 'environment' }, help, ({ environments }, own) => {
      for (const one of environments) own.set({ environment: one.name }, one[member]);
    });
  perEnvironment('environment_revision', 'Revision that the nodes of an environment are to have', 'revision');
  perEnvironment('nodes_registered', 'Nodes of an environment', 'nodes');
  perEnvironment('nodes_connected', 'Nodes of an environment that are connected to any manager', 'connected');
  perEnvironment('nodes_lagging', 'Nodes of an environment that are behind its revision', 'lagging');
  perEnvironment('nodes_diverged', 'Nodes with a history that the database has forgotten', 'diverged');
  gauge(
    { name: 'nodes_clock_offset_seconds', label: 'environment' },
    "The farthest that the clock of a connected node is from the manager's",
    ({ environments }, own) => {
      for (const { name, clockOffsetMs } of environments)
        own.set({ environment: name }, clockOffsetMs / 1_000);
    },
  );
  gauge({ name: 'key_rings', label: 'state' }, 'Key rings, by state', ({ rings }, own) => {
    for (const { state, count } of rings) own.set({ state }, count);
  });
  gauge({ name: 'key_rings_late' }, 'Key rings whose rotation is late', ({ lateRings }, own) =>
    own.set(lateRings),
  );
  gauge(
    { name: 'retiring_keys_used' },
    'RETIRING keys that were used after every node had their successor',
    ({ usedRetiringKeys }, own) => own.set(usedRetiringKeys),
  );
  gauge(
    { name: 'outlet_deliveries_failing' },
    'Deliveries of outlets, by node, whose last attempt failed',
    ({ failingDeliveries }, own) => own.set(failingDeliveries),
  );
  gauge(
    { name: 'webhooks_failing' },
    'Webhooks whose last delivery failed, or whose receiver responded with 410',
    ({ failingWebhooks }, own) => own.set(failingWebhooks),
  );
  gauge(
    { name: 'webhook_events_pending' },
    'Events that webhooks have not delivered or passed over yet, of all types',
    ({ pendingEvents }, own) => own.set(pendingEvents),
  );
  gauge({ name: 'jwks_expiring' }, 'JWKs that expire within 30 days', ({ expiring }, own) =>
    own.set(expiring),
  );
  gauge({ name: 'jwks_expired' }, 'JWKs that have expired', ({ expired }, own) => own.set(expired));
  const fillFollowed = ({ followed }: InstallationStats, own: Gauge) => {
    for (const { state, count } of followed) own.set({ state }, count);
  };
  gauge({ name: 'followed_urls', label: 'state' }, 'JWKs that follow their URL, by state', fillFollowed);
  new Gauge({
    name: 'keyplane_lease_held',
    help: '1 where this manager does a piece of scheduled work',
    labelNames: ['lease'],
    registers: [metrics],
    collect() {
      for (const { name, isHeld } of leases) this.set({ lease: name }, Number(isHeld));
    },
  });
  const build = { name: 'keyplane_build_info', help: 'Always 1', labelNames: ['version', 'node'] };
  new Gauge({ ...build, registers: [metrics] }).set({ version, node: process.version }, 1);
}

interface Deploying<Args extends unknown[], Result extends Outcome> {
  deploy(...args: Args): Promise<Result>;
}

interface Outcome {
  readonly environmentResults: readonly { readonly environmentName: string; readonly success: boolean }[];
}

/** The same, with each deployment counted by environment and outcome, and timed. */
export function measured<Args extends unknown[], Result extends Outcome>(
  metrics: Registry,
  deployments: Deploying<Args, Result>,
): Deploying<Args, Result> {
  const outcomes = new Counter({
    name: 'keyplane_deployments_total',
    help: 'Changes that were brought to an environment, by whether all of its nodes confirmed in time',
    labelNames: ['environment', 'outcome'],
    registers: [metrics],
  });
  const durations = new Histogram({
    name: 'keyplane_deployment_duration_seconds',
    help: 'Time from the commit of a change until its nodes confirmed, or were waited for no longer',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [metrics],
  });
  return {
    async deploy(...args) {
      const startedAt = performance.now();
      const result = await deployments.deploy(...args);
      durations.observe((performance.now() - startedAt) / 1000);
      for (const { environmentName: environment, success } of result.environmentResults) {
        outcomes.inc({ environment, outcome: success ? 'confirmed' : 'incomplete' });
      }
      return result;
    },
  };
}
