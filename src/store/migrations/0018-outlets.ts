import type { Migration } from './column-types.ts';

/** Outlets, and how far their deliveries are. Deliveries are reports, so they have no MAC. */
export const outlets: Migration = ({ text, blob, integer, flag, strict }) => [
  `create table outlets (
  id ${text} not null primary key,
  project_id ${text} not null references projects (id) on delete cascade,
  name ${text} not null,
  description ${text},
  kind ${text} not null,
  source_type ${text} not null,
  source_id ${text},
  content ${text} not null,
  environment_ids ${text},
  target ${text} not null,
  credential ${blob},
  gate ${flag} not null,
  generation ${integer} not null,
  forced_generation ${integer},
  created_at ${integer} not null,
  updated_at ${integer} not null,
  audit_sequence ${integer} not null,
  mac ${blob},
  unique (project_id, name)
)${strict}`,
  'create index outlets_project_id on outlets (project_id, id)',
  'create index outlets_source_id on outlets (source_id) where source_id is not null',
  // Node '': the manager delivers.
  `create table outlet_deliveries (
  outlet_id ${text} not null references outlets (id) on delete cascade,
  environment_id ${text} not null references environments (id) on delete cascade,
  node_id ${text} not null,
  revision ${integer} not null,
  digest ${text},
  state ${text} not null,
  delivered_at ${integer},
  attempts ${integer} not null,
  last_error ${text},
  generation ${integer} not null default 0,
  remote_version ${integer},
  updated_at ${integer} not null,
  primary key (outlet_id, environment_id, node_id)
)${strict}`,
  'create index outlet_deliveries_environment_id on outlet_deliveries (environment_id)',
  'create index outlet_deliveries_node_id on outlet_deliveries (node_id)',
];
