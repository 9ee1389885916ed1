import { faultPoints } from '../../src/runtime/fault-points.ts';

const ofCommands: readonly unknown[] = [faultPoints.migrationStatement, faultPoints.keyFileStep];
const ofWebhooks: readonly unknown[] = [faultPoints.beforeDelivery, faultPoints.afterDelivery];
const ofRings: readonly unknown[] = [faultPoints.beforeTransition, faultPoints.afterTransition];

/** Names of the channels that a running manager passes under load. */
export const markedFaultPoints: readonly string[] = namesWithout([...ofCommands, ...ofRings, ...ofWebhooks]);
/** And those that it passes while a key ring rotates. */
export const ringFaultPoints: readonly string[] = namesWithout([...ofCommands, ...ofWebhooks]);

function namesWithout(left: readonly unknown[]): readonly string[] {
  return Object.values(faultPoints)
    .filter((moment) => !left.includes(moment))
    .map(({ name }) => String(name));
}
