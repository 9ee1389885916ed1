import { requestedOf } from '../../../../src/rings/schedule/activation.ts';
import { BrokenInvariant } from './verifiers.ts';
import type { World } from './world.ts';

/** I5: when all is well again, the ring goes on. */
export function recover(world: World, longestMs: number): void {
  world.recoverManagers();
  for (const node of world.nodes) {
    world.heal(node);
    world.restart(node);
  }
  for (const outlet of world.outlets.recover()) world.deleteOutlet(outlet);
  world.settle();
  world.outlets.requireCurrent();
  for (const node of world.nodes) {
    if (!world.hasCaughtUp(node)) {
      throw new BrokenInvariant('I5', `${node.row.name} does not catch up`);
    }
  }
  const { activations } = world;
  const end = world.now + longestMs;
  const isDone = () => {
    if (requestedOf(world.facts())) return false;
    const { heldBecause, policy } = world.ring;
    const mustRotate = heldBecause === null && policy.rotationIntervalMs !== null;
    if (mustRotate) return world.activations > activations;
    return !world.ring.members.some(({ state }) => state === 'RETIRING');
  };
  while (!isDone()) {
    if (world.now >= end) throw new BrokenInvariant('I5', 'the ring does not go on');
    const next = Math.min(end, world.decide().changesAt ?? end);
    // Others change something in the environments meanwhile, which every node confirms.
    world.advanceTo(Math.floor((world.now + next) / 2));
    world.changeElsewhere();
    world.advanceTo(next);
  }
}
