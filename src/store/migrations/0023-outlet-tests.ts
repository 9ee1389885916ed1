import type { Migration } from './column-types.ts';

/** Tests of outlets that one manager asks of another, with which the node is connected. A row lives as long as its request. */
export const outletTests: Migration = ({ text, integer, strict }) => [
  `create table outlet_tests (
  id ${text} not null primary key,
  environment_id ${text} not null,
  node_id ${text} not null,
  outlet_id ${text} not null,
  asked_at ${integer} not null,
  result ${text}
)${strict}`,
];
