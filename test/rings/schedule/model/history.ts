// Random histories: a setting and a list of numbers, each of which is an event. For all numbers the history is
// one that can happen.

import fc from 'fast-check';
import { publicationDelayMs } from '../../../../src/rings/schedule/formulas.ts';
import type { PolicyFacts, RingFacts } from '../../../../src/rings/schedule/ring-facts.ts';
import { outletEvents } from './outlet-events.ts';
import { recover } from './recover.ts';
import type { NodeBugs, SimulatedNode } from './simulated-node.ts';
import type { OutletBugs } from './simulated-outlets.ts';
import { World } from './world.ts';
import type { ManagerBugs } from './world-options.ts';

const minute = 60_000;

export interface Bugs {
  readonly manager?: ManagerBugs;
  readonly node?: NodeBugs;
  readonly outlet?: OutletBugs;
}

export interface History {
  readonly kind: RingFacts['kind'];
  readonly setting: number;
  readonly events: readonly number[];
}

export function histories(kind: RingFacts['kind'], length = 28): fc.Arbitrary<History> {
  return fc.record({
    kind: fc.constant(kind),
    setting: fc.nat({ max: 2 ** 30 }),
    events: fc.array(fc.nat({ max: 2 ** 30 }), { maxLength: length, size: 'max' }),
  });
}

/** Takes its choices one after the other out of a number. */
class Choices {
  #left: number;

  constructor(seed: number) {
    this.#left = seed;
  }

  of<T>(options: readonly T[]): T {
    const choice = options[this.#left % options.length] as T;
    this.#left = Math.floor(this.#left / options.length);
    return choice;
  }
}

function policyOf(choices: Choices, kind: RingFacts['kind'], cachesMs: number): PolicyFacts {
  const verifierCacheTimeMs = choices.of([0, 10, 100]) * minute;
  const clockSkewMs = choices.of([0, 1, 3]) * minute;
  const signingLeaseMs = choices.of([5, 50, 500, null]);
  const slackMs = choices.of([1, 20, 400, null]);
  const delayMs = publicationDelayMs(kind, { verifierCacheTimeMs, clockSkewMs }, cachesMs);
  const rotationIntervalMs = slackMs === null ? null : delayMs + slackMs * minute;
  const lifetimeMs = choices.of([1, 10, 200]) * minute;
  return {
    rotationIntervalMs,
    maxTokenLifetimeMs:
      rotationIntervalMs === null ? lifetimeMs : Math.min(lifetimeMs, 4 * rotationIntervalMs),
    verifierCacheTimeMs,
    clockSkewMs,
    signingLeaseMs: signingLeaseMs === null ? null : signingLeaseMs * minute,
  };
}

const cachesChoices = [1, 6, 0, 60].map((minutes) => minutes * minute);
/** After all that a policy above can make anything wait for. */
const longestMs = 4000 * minute;
/** Sets of members are bit masks. */
const mostMembers = 24;

/** @throws BrokenInvariant */
export function play(
  { kind, setting, events }: History,
  bugs: Bugs = {},
  trace?: (text: string) => void,
): World {
  const choices = new Choices(setting);
  const cachesMs = choices.of(cachesChoices);
  const policy = policyOf(choices, kind, cachesMs);
  const environments = choices.of([1, 1, 2]);
  const offsetMs = choices.of([0, 0, 0.5]) * policy.clockSkewMs;
  // Environments that have outlets do not leave the ring.
  const possible = choices.of([eventsOfRings, [...eventsOfRings, ...outletEvents]]);
  const options = { kind, policy, cachesMs, offsetMs, environments };
  const world = new World({
    ...options,
    bugs: bugs.manager ?? {},
    nodeBugs: bugs.node ?? {},
    outletBugs: bugs.outlet ?? {},
    trace,
  });
  for (let count = choices.of([2, 3, 1, 0, 4]); count > 0; count -= 1)
    join(world, kind, choices, environments);
  trace?.(JSON.stringify(world.ring.policy));
  world.settle();
  for (const event of events) {
    if (world.ring.members.length >= mostMembers) break;
    const given = new Choices(event);
    const happen = given.of(possible);
    world.trace(() => happen.name);
    happen(world, given, kind, environments);
    world.settle();
  }
  if (world.ring.members.length < mostMembers) recover(world, longestMs);
  return world;
}

function join(world: World, kind: RingFacts['kind'], choices: Choices, environments: number): void {
  if (world.nodes.length >= 5) return;
  const serveLimitMs = choices.of([null, 30 * minute, null]);
  const environment = environments === 1 ? 0 : choices.of([0, 1]);
  const privateKeys = kind !== 'SIGNATURE' || choices.of([true, true, false]);
  const ephemeral = choices.of([false, false, false, true]);
  world.join(environment, {
    privateKeys,
    ephemeral,
    serveLimitMs: ephemeral ? (serveLimitMs ?? 60 * minute) : serveLimitMs,
  });
}

type Event = (world: World, choices: Choices, kind: RingFacts['kind'], environments: number) => void;

const onNode =
  (act: (world: World, node: SimulatedNode, choices: Choices) => void): Event =>
  (world, choices) => {
    if (world.nodes.length === 0) return;
    const node = choices.of(world.nodes);
    world.trace(() => `${act.name} ${node.row.name}`);
    act(world, node, choices);
  };

function passTime(world: World, choices: Choices): void {
  const unit = choices.of([minute / 60, minute, 10 * minute, 60 * minute]);
  world.advanceTo(world.now + unit * choices.of([1, 2, 3, 5, 8, 13]));
}

function passToNextChange(world: World): void {
  const { changesAt } = world.decide();
  if (changesAt !== null && changesAt - world.now < longestMs) world.advanceTo(changesAt);
}

function cut(world: World, node: SimulatedNode, choices: Choices): void {
  world.cut(node, choices.of([true, true, false]));
}

function heal(world: World, node: SimulatedNode, choices: Choices): void {
  world.heal(node, choices.of([false, false, true]));
  world.restart(node);
}

function takeUnconfirmed(world: World, node: SimulatedNode): void {
  world.takeUnconfirmed(node);
}

function stall(_: World, node: SimulatedNode): void {
  node.isStalled = true;
}

function crash(world: World, node: SimulatedNode, choices: Choices): void {
  world.crash(node, choices.of([false, false, true]));
}

function remove(world: World, node: SimulatedNode): void {
  world.remove(node);
}

function rotate(world: World): void {
  world.rotate();
}

function holdOrResume(world: World, choices: Choices): void {
  if (choices.of([true, false])) world.hold();
  else world.resume();
}

function resume(world: World): void {
  world.resume();
}

function rollBack(world: World, choices: Choices): void {
  const retiring = world.ring.members.filter(({ state }) => state === 'RETIRING');
  if (retiring.length > 0) world.activate(choices.of(retiring), choices.of([false, false, true]));
}

function activate(world: World, choices: Choices): void {
  const { members } = world.ring;
  if (members.length > 0) world.activate(choices.of(members), choices.of([false, true]));
}

function revoke(world: World, choices: Choices): void {
  const states = choices.of([['ACTIVE'], ['ACTIVE', 'NEXT'], ['NEXT', 'STAGED'], ['RETIRING']]);
  const members = world.ring.members.filter(({ state }) => states.includes(state));
  world.revoke(members.map(({ version }) => version));
}

function changePolicy(world: World, choices: Choices, kind: RingFacts['kind']): void {
  world.changePolicy(policyOf(choices, kind, world.ring.cachesMs));
}

function changeCaches(world: World, choices: Choices): void {
  world.changeCaches(choices.of(cachesChoices));
}

function changeAlgorithm(world: World, choices: Choices): void {
  if (choices.of([true, false, false])) world.changeAlgorithm();
}

function changeEnvironments(
  world: World,
  choices: Choices,
  _: RingFacts['kind'],
  environments: number,
): void {
  const environment = environments === 1 ? 0 : choices.of([0, 1]);
  if (choices.of([true, false])) world.leave(environment);
  else world.joinAgain(environment);
}

function limitSteps(world: World, choices: Choices): void {
  world.stepsLeft = choices.of([0, 1, 2]);
}

function failManagers(world: World): void {
  world.failManagers();
}

function recoverManagers(world: World): void {
  world.recoverManagers();
}

function times(count: number, event: Event): readonly Event[] {
  return Array.from({ length: count }, () => event);
}

/** How often each happens. */
const eventsOfRings: readonly Event[] = [
  ...times(4, passTime),
  ...times(5, passToNextChange),
  ...times(3, onNode(cut)),
  ...times(4, onNode(heal)),
  onNode(takeUnconfirmed),
  onNode(stall),
  onNode(crash),
  (world, choices, kind, environments) => join(world, kind, choices, environments),
  onNode(remove),
  ...times(2, rotate),
  holdOrResume,
  resume,
  rollBack,
  activate,
  revoke,
  changePolicy,
  changeCaches,
  changeAlgorithm,
  ...times(2, changeEnvironments),
  limitSteps,
  failManagers,
  ...times(2, recoverManagers),
];
