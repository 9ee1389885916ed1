import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Counter, Gauge, type Metric, Registry } from 'prom-client';
import type { ObjectCounts } from '../node-state.ts';
import { durationBuckets, type OperationCounts } from '../operations/operation-counts.ts';

/** A counter that is cheap to increment; each request for metrics reads it. */
export interface RequestCount {
  count: number;
}

export interface NodeFigures {
  readonly revision: number;
  readonly connected: boolean;
  /** Why it follows no manager, while that is so. */
  readonly diverged: string | null;
  readonly counts: ObjectCounts;
  readonly published: number;
  /** Milliseconds since a manager was heard; undefined before that, and where it is not known. */
  readonly contactAgeMs: number | undefined;
  readonly clockOffsetMs: number;
  /** Keys that the manager sent as valid and that the node knows to be revoked. */
  readonly revoked: number;
  readonly outlets: { readonly outlets: number; readonly failing: number };
}

export interface NodeMetrics {
  /** `route` is one of the node's own patterns, never a path that a client chose. */
  requests(route: string, status: number): RequestCount;
  /** The text that Prometheus reads. */
  text(): Promise<string>;
  readonly contentType: string;
  close(): void;
}

/** What the operations listener counts. */
export interface OperationFacts {
  readonly counts: Pick<OperationCounts, 'all' | 'durations'>;
  readonly inProgress: number;
  readonly gcmShare: number;
}

/** Of the Kubernetes signer. */
export interface SignerFacts {
  answers(): readonly { readonly method: string; readonly status: string; readonly count: number }[];
  status(): { readonly problem: string | null };
}

export function createNodeMetrics(
  facts: () => NodeFigures,
  { operations, signer }: { readonly operations?: OperationFacts; readonly signer?: SignerFacts } = {},
): NodeMetrics {
  const registry = new Registry();
  const requests = countRequests(registry);
  const closeDelay = measureDelay(registry);
  measureState(registry, facts);
  if (operations) measureOperations(registry, operations);
  if (signer) measureSigner(registry, signer);
  return {
    requests,
    text: () => registry.metrics(),
    contentType: registry.contentType,
    close: closeDelay,
  };
}

function countRequests(registry: Registry): NodeMetrics['requests'] {
  const cells = new Map<string, RequestCount & { readonly route: string; readonly status: number }>();
  new Counter({
    name: 'keyplane_node_http_requests_total',
    help: 'Responses, by route and status',
    labelNames: ['route', 'status'],
    registers: [registry],
    collect() {
      this.reset();
      for (const { route, status, count } of cells.values())
        if (count > 0) this.inc({ route, status }, count);
    },
  });
  return (route, status) => {
    const key = `${status} ${route}`;
    const cell = cells.get(key) ?? { route, status, count: 0 };
    cells.set(key, cell);
    return cell;
  };
}

function measureState(registry: Registry, facts: () => NodeFigures): void {
  const registers = [registry];
  const gauges: readonly (readonly [string, string, () => number])[] = [
    ['keyplane_node_revision', 'Revision of the environment that the node has', () => facts().revision],
    ['keyplane_node_connected', '1 while the manager is connected', () => (facts().connected ? 1 : 0)],
    [
      'keyplane_node_diverged',
      '1 while the node refuses a manager that has another history',
      () => (facts().diverged === null ? 0 : 1),
    ],
    [
      'keyplane_node_published_keys',
      'Public keys in the JWK Set of the environment',
      () => facts().published,
    ],
    [
      'keyplane_node_contact_age_seconds',
      'Time since a manager was last heard; NaN before that',
      () => (facts().contactAgeMs ?? Number.NaN) / 1_000,
    ],
    [
      'keyplane_node_clock_offset_seconds',
      'How far the clock of the node is ahead of the time of the manager',
      () => facts().clockOffsetMs / 1_000,
    ],
    [
      'keyplane_node_revoked_keys_withheld',
      'Keys that the manager sent as valid and that the node knows to be revoked',
      () => facts().revoked,
    ],
    ['keyplane_node_outlets', 'Outlets that the node delivers', () => facts().outlets.outlets],
    ['keyplane_node_outlets_failing', 'Outlets whose last delivery failed', () => facts().outlets.failing],
    ['process_resident_memory_bytes', 'Memory of the process', () => process.memoryUsage.rss()],
  ];
  for (const [name, help, value] of gauges) {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(value());
      },
    });
  }
  new Gauge({
    name: 'keyplane_node_objects',
    help: 'Objects that the node has, by kind',
    labelNames: ['kind'],
    registers,
    collect() {
      for (const [kind, count] of Object.entries(facts().counts)) this.set({ kind }, count);
    },
  });
}

function measureOperations(registry: Registry, operations: OperationFacts): void {
  const registers = [registry];
  new Counter({
    name: 'keyplane_node_operations_total',
    help: 'Requests for operations that got a response, by operation, outcome and reason of the refusal',
    labelNames: ['operation', 'outcome', 'reason'],
    registers,
    collect() {
      this.reset();
      for (const { operation, outcome, reason, count } of operations.counts.all()) {
        this.inc({ operation, outcome, reason: reason ?? '' }, count);
      }
    },
  });
  new Gauge({
    name: 'keyplane_node_operations_in_progress',
    help: 'Requests for operations that are read, wait or run',
    registers,
    collect() {
      this.set(operations.inProgress);
    },
  });
  new Gauge({
    name: 'keyplane_node_gcm_uses_ratio',
    help: 'The largest part of the uses of AES-GCM that a secret key has at this node; at 1 it no longer encrypts',
    registers,
    collect() {
      this.set(operations.gcmShare);
    },
  });
  registry.registerMetric(durationHistogram(operations));
}

function measureSigner(registry: Registry, signer: SignerFacts): void {
  const registers = [registry];
  new Counter({
    name: 'keyplane_node_kubernetes_signer_calls_total',
    help: 'Calls of kube-apiserver that got a response, by method and gRPC status',
    labelNames: ['method', 'status'],
    registers,
    collect() {
      this.reset();
      for (const { method, status, count } of signer.answers()) this.inc({ method, status }, count);
    },
  });
  new Gauge({
    name: 'keyplane_node_kubernetes_signer_ready',
    help: '1 while the Kubernetes signer can sign with its key ring',
    registers,
    collect() {
      this.set(signer.status().problem === null ? 1 : 0);
    },
  });
}

/** Counted elsewhere: prom-client would look up its labels for each request. */
function durationHistogram({ counts }: OperationFacts): Metric {
  const name = 'keyplane_node_operation_duration_seconds';
  const get = async () => {
    const values = [];
    for (const [operation, { counts: inBuckets, sumSeconds }] of counts.durations()) {
      let sum = 0;
      for (const [at, count] of inBuckets.entries()) {
        sum += count;
        const labels = { operation, le: durationBuckets[at] ?? '+Inf' };
        values.push({ labels, value: sum, metricName: `${name}_bucket` });
      }
      values.push({ labels: { operation }, value: sumSeconds, metricName: `${name}_sum` });
      values.push({ labels: { operation }, value: sum, metricName: `${name}_count` });
    }
    return {
      name,
      help: 'Time from the head of a request to its response, of operations that succeeded',
      type: 'histogram',
      values,
      aggregator: 'sum',
    };
  };
  // Safe to cast: what a registry reads of a metric.
  return { name, type: 'histogram', get } as unknown as Metric;
}

const delayResolutionMs = 20;

/** @returns what stops the measuring */
function measureDelay(registry: Registry): () => void {
  const delay = monitorEventLoopDelay({ resolution: delayResolutionMs });
  delay.enable();
  new Gauge({
    name: 'keyplane_node_event_loop_delay_seconds',
    help: 'Delay of the event loop since it was last asked for',
    labelNames: ['quantile'],
    registers: [registry],
    collect() {
      for (const quantile of [0.5, 0.99, 1]) {
        // It measures from timer to timer, so that the timer's own interval is in every value.
        const delayMs = Math.max(delay.percentile(quantile * 100) / 1e6 - delayResolutionMs, 0);
        this.set({ quantile: String(quantile) }, delayMs / 1e3);
      }
      delay.reset();
    },
  });
  return () => delay.disable();
}
