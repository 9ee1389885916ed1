import type { Migration } from './column-types.ts';

/** Of a webhook: which objects an event holds up that the receiver refuses, and up to where all others were delivered. */
export const heldEvents: Migration = ({ integer, text }) => [
  `alter table webhook_cursors add column ahead_until ${integer} not null default 0`,
  `alter table webhook_cursors add column held ${text} not null default '[]'`,
];
