// A measured manager whose scheduler of key rings moves on request only, over a given number of rings.

import { newId } from '../../src/new-id.ts';
import { manager } from '../measured-manager.ts';
import { TurnWatch } from '../turn-watch.ts';

export interface RingsOrder {
  /** Number of copies of the ring `first`, each with copies of its keys. */
  readonly copies: number;
}

export interface TickOrder {
  /** Number of rings that are due; a tick examines them. */
  readonly due: number;
}

export interface Tick {
  readonly ms: number;
  /** The longest turn of the event loop, in processor time of its thread. */
  readonly longestTurnMs: number;
}

const ringsPerCommit = 200;
const { store, ringScheduler } = manager.services;

async function copyRings({ copies }: RingsOrder): Promise<number> {
  const first = await store.read(async ({ projects, rings }) => {
    const project = await projects.find('Bench');
    const ring = project && (await rings.find(project.id, 'first'));
    return ring && { ring, members: await rings.members(ring.id) };
  });
  if (!first) throw new Error('there is no ring to copy');
  for (let from = 0; from < copies; from += ringsPerCommit) {
    await store.write(async ({ rings, jwks }) => {
      for (let number = from; number < Math.min(from + ringsPerCommit, copies); number += 1) {
        const name = `ring-${number}`;
        const id = newId();
        await rings.insert({ ...first.ring, id, name, examineAt: null });
        for (const jwk of first.members) {
          const member = { ...jwk.member, ringId: id };
          await jwks.insert({ ...jwk, id: newId(), name: `${name}.${member.version}`, member });
        }
      }
    });
  }
  return copies;
}

async function tick({ due }: TickOrder): Promise<Tick> {
  await store.write(async ({ projects, rings }) => {
    const project = await projects.find('Bench');
    const now = await rings.now();
    for (let number = 0; number < due; number += 1) {
      const ring = await rings.find(project?.id ?? '', `ring-${number}`);
      if (!ring) throw new Error(`there is no ring-${number}`);
      await rings.examined(ring.id, { examineAt: now, state: 'STEADY', lateSince: null });
    }
  });
  const turns = new TurnWatch();
  const startMs = performance.now();
  await ringScheduler.advanceDue();
  const ms = performance.now() - startMs;
  // The turn in which it ended counts too.
  await new Promise((resolve) => setTimeout(resolve, 5));
  const longestTurnMs = turns.longestMs();
  turns.close();
  return { ms, longestTurnMs };
}

process.on('message', (order: RingsOrder | TickOrder) => {
  if (typeof order !== 'object') return;
  if ('copies' in order) void copyRings(order).then((copies) => process.send?.(copies));
  else if ('due' in order) void tick(order).then((ticked) => process.send?.(ticked));
});
