// What happens to outlets in a history.

import { mostOutlets } from './outlets.ts';
import type { World } from './world.ts';

interface Choices {
  of<T>(options: readonly T[]): T;
}

function createOutlet(world: World, choices: Choices): void {
  if (world.outlets.outlets.length >= mostOutlets || world.environments.length === 0) return;
  const content = choices.of(['SET', 'PRIVATE'] as const);
  const runsAt = choices.of(['NODE', 'NODE', 'MANAGER'] as const);
  // Keys of an OCT ring are in no set.
  world.createOutlet({
    content: world.ring.kind === 'OCT' ? 'PRIVATE' : content,
    runsAt,
    environment: choices.of(world.environments),
  });
}

function failDelivery(world: World, choices: Choices): void {
  const { deliveries } = world.outlets;
  if (deliveries.length === 0) return;
  choices.of(deliveries).block(choices.of(['FAILING', 'FAILING', 'LAGGING']), world.now);
}

function mendDelivery(world: World, choices: Choices): void {
  const blocked = world.outlets.deliveries.filter((delivery) => delivery.blocked !== undefined);
  if (blocked.length > 0) choices.of(blocked).mend();
}

function deleteOutlet(world: World, choices: Choices): void {
  const { outlets, deliveries } = world.outlets;
  const blocked = new Set(
    deliveries.filter((delivery) => delivery.blocked).map(({ parameters }) => parameters.name),
  );
  // That is why outlets are deleted.
  const hindering = outlets.filter(({ name }) => blocked.has(name));
  if (outlets.length > 0) world.deleteOutlet(choices.of(hindering.length > 0 ? hindering : outlets));
}

/** How often each happens. */
export const outletEvents = [
  createOutlet,
  createOutlet,
  failDelivery,
  failDelivery,
  mendDelivery,
  deleteOutlet,
  deleteOutlet,
] as const;
