import type { Migration } from './column-types.ts';

/** What the history of an object and the counts of an overview are found by. */
export const auditIndexes: Migration = () => [
  'create index audit_records_object_id on audit_records (object_id, sequence) where object_id is not null',
  'create index jwks_kind on jwks (project_id, type, use)',
];
