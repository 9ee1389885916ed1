import type { ColumnTypes, Migration } from './column-types.ts';

/**
 * A MAC on every row that is deployed, and the sequence of the audit record that stood at the head when the row was
 * written. Both are filled in at the first start, which has the key. A manager of an earlier version writes neither: its
 * rows would be acknowledged and never deployed, so triggers reject its writes.
 */
export const integrity: Migration = (types) => {
  const { blob, integer } = types;
  const placed = ['certificate_environments', 'crypto_key_environments', 'keystore_environments'];
  return [
    `alter table desired_objects add column mac ${blob}`,
    `alter table environment_states add column audit_sequence ${integer} not null default 0`,
    `alter table environment_states add column mac ${blob}`,
    `alter table jwks add column audit_sequence ${integer} not null default 0`,
    `alter table jwks add column mac ${blob}`,
    `alter table materials add column audit_sequence ${integer} not null default 0`,
    ...placed.map((table) => `alter table ${table} add column mac ${blob}`),
    ...rejections(types),
    ...['desired_objects', 'environment_states', 'jwks', ...placed].map((table) =>
      rejects(types, table, 'insert', 'new.mac is null'),
    ),
    rejects(types, 'jwks', 'update', sameMac(types)),
  ];
};

const text = 'this database belongs to a newer keyplane: stop this manager';

/** SQLite says it in each trigger. The code is that of a database that only reads, for which a manager responds with 503. */
function rejections({ dialect }: ColumnTypes): readonly string[] {
  if (dialect === 'sqlite') return [];
  return [
    `create or replace function keyplane_reject_older_manager() returns trigger language plpgsql as $$ begin raise exception using message = '${text}', errcode = '25006'; end $$`,
  ];
}

/** A trigger that rejects what a manager writes that knows no MAC of this table. */
export function rejects(
  { dialect }: ColumnTypes,
  table: string,
  change: 'insert' | 'update',
  condition: string,
): string {
  // What seals a value again writes only that value; a manager that changes a JWK writes when it did.
  const what = change === 'update' ? 'update of updated_at' : change;
  const name = `${table}_${change}_with_mac`;
  return dialect === 'sqlite'
    ? `create trigger ${name} before ${what} on ${table} when ${condition} begin select raise(abort, '${text}'); end`
    : `create trigger ${name} before ${what} on ${table} for each row when (${condition}) execute function keyplane_reject_older_manager()`;
}

export function sameMac({ dialect }: ColumnTypes): string {
  return dialect === 'sqlite' ? 'new.mac is old.mac' : 'new.mac is not distinct from old.mac';
}
