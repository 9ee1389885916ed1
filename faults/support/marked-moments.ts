import { moments } from '../../src/moments.ts';

const ofCommands: readonly unknown[] = [moments.migrationStatement, moments.keyFileStep];

/** Names of the channels that a running manager passes under load. */
export const markedMoments: readonly string[] = Object.values(moments)
  .filter((moment) => !ofCommands.includes(moment))
  .map(({ name }) => String(name));
