// What a transaction within projects may write. Everything else could contradict what a transaction of another project
// reads at the same time, so it needs an exclusive transaction.

import { RequiresExclusive } from './engine.ts';
import type { WithinTurn } from './tables/table-context.ts';

/** Verbs by table. */
type Writable = Readonly<Record<string, readonly string[]>>;

/** What it inserts belongs to its project, or to an environment that it has locked. */
const inProject: Writable = Object.freeze({
  jwks: ['insert'],
  jwk_refreshes: ['insert'],
  desired_objects: ['insert'],
  environment_states: ['insert'],
  idempotency_keys: ['insert'],
  events: ['insert'],
  expiry_notices: ['insert'],
  audit_records_open: ['insert'],
  audit_lanes: ['insert'],
});
/** Of no project: the response of a request, and a lease, which one statement takes or renews. */
const ofNone: Writable = Object.freeze({
  idempotency_keys: ['update'],
  leases: ['insert', 'update'],
});
/** The audit chain, whose head is locked. */
const ofChain: Writable = Object.freeze({
  audit_records: ['insert'],
  audit_head: ['insert'],
  audit_records_open: ['delete'],
});

/** Called with each statement. @throws RequiresExclusive */
export type RequireWritable = (sql: string) => void;

export function writableWithin({ projectId, closes = false }: WithinTurn): RequireWritable {
  const writable = closes ? ofChain : projectId === undefined ? ofNone : inProject;
  return (sql) => {
    const [, verb, table = ''] = /^\s*(insert|update|delete)(?: into| from)? "?(\w+)/.exec(sql) ?? [];
    if (verb === undefined || writable[table]?.includes(verb)) return;
    throw new RequiresExclusive(`a transaction within projects does not ${verb} ${table}`);
  };
}
