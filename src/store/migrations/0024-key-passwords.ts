import type { Migration } from './column-types.ts';

/** Passwords of single keys of a keystore: sealed JSON, by alias. */
export const keyPasswords: Migration = ({ blob }) => [
  `alter table keystore_environments add column key_passwords ${blob}`,
];
