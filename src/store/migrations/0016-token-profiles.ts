import type { Migration } from './column-types.ts';

/** Token profiles: what tokens say that applications have issued with a key ring. */
export const tokenProfiles: Migration = ({ text, blob, integer, strict }) => [
  `create table token_profiles (
  id ${text} not null primary key,
  project_id ${text} not null references projects (id) on delete cascade,
  name ${text} not null,
  description ${text},
  ring_id ${text} not null,
  rules ${text} not null,
  encrypt_to ${text},
  encrypt_to_id ${text},
  created_at ${integer} not null,
  updated_at ${integer} not null,
  audit_sequence ${integer} not null,
  mac ${blob},
  unique (project_id, name)
)${strict}`,
  'create index token_profiles_project_id on token_profiles (project_id, id)',
  'create index token_profiles_ring_id on token_profiles (ring_id)',
  'create index token_profiles_encrypt_to_id on token_profiles (encrypt_to_id) where encrypt_to_id is not null',
];
