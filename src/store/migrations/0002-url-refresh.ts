import type { ColumnTypes } from './column-types.ts';

/** The schedule of JWKs that follow the URL they came from. */
export function urlRefresh({ text, integer, strict }: ColumnTypes): readonly string[] {
  return [
    `create table jwk_refreshes (
  jwk_id ${text} not null primary key references jwks (id) on delete cascade,
  interval_ms ${integer} not null,
  refresh_at ${integer} not null,
  state ${text} not null,
  state_since ${integer} not null,
  state_reason ${text},
  etag ${text},
  last_modified ${text}
)${strict}`,
    'create index jwk_refreshes_refresh_at on jwk_refreshes (refresh_at)',
    'create index jwks_expiration_time on jwks (project_id, expiration_time) where expiration_time is not null',
  ];
}
