import type { Migration } from './column-types.ts';

/** When a JWK got its kid, where that was after its creation. */
export const kidSince: Migration = ({ integer }) => [`alter table jwks add column kid_since ${integer}`];
