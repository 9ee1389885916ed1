import { rejects, sameMac } from './0008-integrity.ts';
import type { Migration } from './column-types.ts';

const tables = ['projects', 'environments'];

/**
 * A MAC on the settings of projects, environments and the installation, filled in at the first start, which has the key.
 * A manager of an earlier version writes none, so triggers reject its changes of projects and environments.
 */
export const settingsIntegrity: Migration = (types) => {
  const { blob, integer } = types;
  return [
    ...tables.flatMap((table) => [
      `alter table ${table} add column audit_sequence ${integer} not null default 0`,
      `alter table ${table} add column mac ${blob}`,
    ]),
    `alter table installation add column mac ${blob}`,
    ...tables.flatMap((table) => [
      rejects(types, table, 'insert', 'new.mac is null'),
      rejects(types, table, 'update', sameMac(types)),
    ]),
  ];
};
