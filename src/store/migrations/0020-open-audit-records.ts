import type { ColumnTypes, Migration } from './column-types.ts';

/**
 * Audit records that were committed with their change and are not in the chain yet, and how many of these each project
 * has had. A record of the chain that was open before says which one of its project it is. A restore fills tables in
 * the order of their names: the chain first, as the trigger demands.
 */
export const openAuditRecords: Migration = (types) => {
  const { text, blob, integer, strict } = types;
  return [
    `create table audit_records_open (
  lane ${text} not null,
  lane_number ${integer} not null,
  ticket ${integer} not null,
  position ${integer} not null,
  at ${integer} not null,
  actor ${text} not null,
  action ${text} not null,
  object_type ${text} not null,
  object_id ${text},
  object_name ${text} not null,
  project_name ${text},
  outcome ${text} not null,
  details ${text} not null,
  mac ${blob} not null,
  primary key (lane, lane_number)
)${strict}`,
    `create table audit_lanes (
  lane ${text} not null primary key,
  number ${integer} not null,
  mac ${blob} not null
)${strict}`,
    `alter table audit_records add column lane ${text}`,
    `alter table audit_records add column lane_number ${integer}`,
    ...ofSeveralManagers(types),
  ];
};

/**
 * Only PostgreSQL has several writers. A manager of an earlier version would put a record into the chain before earlier
 * ones that are still open, so a trigger rejects it for the moment, as if the database could only be read.
 */
function ofSeveralManagers({ dialect }: ColumnTypes): readonly string[] {
  if (dialect === 'sqlite') return [];
  return [
    'create sequence if not exists audit_tickets',
    `create or replace function keyplane_close_first() returns trigger language plpgsql as $$ begin if exists (select 1 from audit_records_open) then raise exception using message = 'earlier audit records are not in the chain yet', errcode = '25006'; end if; return new; end $$`,
    'create trigger audit_records_close_first before insert on audit_records for each row when (new.lane is null) execute function keyplane_close_first()',
  ];
}
