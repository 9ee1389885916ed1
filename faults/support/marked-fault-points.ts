import type { Channel } from 'node:diagnostics_channel';
import { faultPoints } from '../../src/runtime/fault-points.ts';

const ofCommands: readonly unknown[] = [faultPoints.migrationStatement, faultPoints.keyFileStep];
const ofWebhooks: readonly unknown[] = [faultPoints.beforeDelivery, faultPoints.afterDelivery];
const ofOutlets: readonly unknown[] = [faultPoints.beforeOutletWrite, faultPoints.afterOutletWrite];
const ofRings: readonly unknown[] = [faultPoints.beforeTransition, faultPoints.afterTransition];

/** Only where several managers may write. */
const ofShared: readonly unknown[] = [faultPoints.beforeClosing, faultPoints.afterClosing];

/** Names of the channels that a running manager passes under load. */
export const markedFaultPoints: readonly string[] = namesWithout([
  ...ofCommands,
  ...ofRings,
  ...ofWebhooks,
  ...ofOutlets,
  ...ofShared,
]);
/** And those that it passes on PostgreSQL, about twice a second. */
export const rareFaultPoints: readonly string[] = ofShared.map((point) => nameOf(point as Channel));
/** And those that it passes while a key ring rotates. */
export const ringFaultPoints: readonly string[] = namesWithout([
  ...ofCommands,
  ...ofWebhooks,
  ...ofOutlets,
  ...ofShared,
]);

function namesWithout(left: readonly unknown[]): readonly string[] {
  return Object.values(faultPoints)
    .filter((moment) => !left.includes(moment))
    .map(nameOf);
}

function nameOf({ name }: Channel): string {
  return String(name);
}
