import { moments } from '../../src/moments.ts';

/** Names of the channels that a running manager passes under load. */
export const markedMoments: readonly string[] = Object.values(moments)
  .filter((moment) => moment !== moments.migrationStatement)
  .map(({ name }) => String(name));
