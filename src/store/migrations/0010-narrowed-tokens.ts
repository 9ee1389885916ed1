import type { Migration } from './column-types.ts';

/**
 * Tokens that see only some projects, when a token was used last, and the role to read private keys, which every
 * member has who could read them before there was such a role.
 */
export const narrowedTokens: Migration = ({ text, integer }) => [
  `alter table tokens add column projects ${text}`,
  `alter table tokens add column last_used_at ${integer}`,
  `update members set roles = replace(roles, ']', ',"ROLE_READ_PRIVATE_KEYS"]')
    where roles like '%"ROLE_API_SECURITY"%'`,
];
