import { faultPoints } from '../../src/runtime/fault-points.ts';

const ofCommands: readonly unknown[] = [faultPoints.migrationStatement, faultPoints.keyFileStep];

/** Names of the channels that a running manager passes under load. */
export const markedFaultPoints: readonly string[] = Object.values(faultPoints)
  .filter((moment) => !ofCommands.includes(moment))
  .map(({ name }) => String(name));
