import type { Migration } from './column-types.ts';

/** Views of a project's keys, and the key types of a project's own JWK Set; null: the default ones. */
export const views: Migration = ({ text, blob, integer, strict }) => [
  `create table views (
  id ${text} not null primary key,
  project_id ${text} not null references projects (id) on delete cascade,
  name ${text} not null,
  description ${text},
  included ${text},
  excluded ${text},
  created_at ${integer} not null,
  updated_at ${integer} not null,
  audit_sequence ${integer} not null,
  mac ${blob},
  unique (project_id, name)
)${strict}`,
  'create index views_project_id on views (project_id, id)',
  `alter table projects add column publish_key_types ${text}`,
];
