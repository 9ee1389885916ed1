import { describe, expect, test } from 'vitest';
import { applyStep } from '../../../src/rings/schedule/apply-step.ts';
import { decide } from '../../../src/rings/schedule/decide.ts';
import type { RingFacts } from '../../../src/rings/schedule/ring-facts.ts';
import { day, defaultDelay, hour, member, minute, node, ring, second, start } from './support/facts.ts';

const interval = 90 * day;
const active = member(1, 'ACTIVE', { publishedAt: start, activatedAt: start });
const next = member(2, 'NEXT', { publishedAt: start + minute });
const staged = member(2, 'STAGED');
const steady = ring({ now: start + hour, members: [active, next], nodes: [node('g1')] });
const g2 = node('g2', { connected: false, appliedRevision: 9, lastSeenAt: start - hour });
const waitingForG2 = {
  environmentName: 'gate',
  nodeName: 'g2',
  reason: 'NOT_CONNECTED',
  lastSeenAt: start - hour,
};
const waitingFor = (reason: 'CACHES' | 'HELD') => ({
  environmentName: null,
  nodeName: null,
  reason,
  lastSeenAt: null,
});

describe('a new ring', () => {
  test('stages its first member', () => {
    expect(decide(ring()).step).toEqual({ type: 'STAGE' });
  });

  test('activates its first member as soon as every node has it', () => {
    const nodes = [node('g1', { appliedAt: start + second })];
    const facts = ring({ now: start + minute, members: [member(1, 'STAGED')], nodes });
    const published = { type: 'PUBLISHED', version: 1, publishedAt: start + second, readyAt: start + second };
    expect(decide(facts).step).toEqual(published);
    const members = [member(1, 'NEXT', { publishedAt: start + second })];
    expect(decide({ ...facts, members }).step).toEqual({ type: 'ACTIVATE', version: 1, cause: 'FIRST' });
  });

  test('is BLOCKED by a node that lacks the first member, and names it', () => {
    const facts = ring({ members: [member(1, 'STAGED')], nodes: [node('g1', { appliedRevision: 9 }), g2] });
    expect(decide(facts)).toMatchObject({
      step: undefined,
      state: 'BLOCKED',
      waitingFor: [
        { environmentName: 'gate', nodeName: 'g1', reason: 'NOT_CONFIRMED', lastSeenAt: start },
        waitingForG2,
      ],
      waitsForNodes: true,
    });
  });

  test('stages a successor as soon as a member is ACTIVE', () => {
    expect(decide({ ...steady, members: [active] }).step).toEqual({ type: 'STAGE' });
  });

  test('lets its second member wait for D, although the first one was never active', () => {
    const members = [member(1, 'RETIRED', { retiredAt: start }), next];
    const facts = { ...steady, members };
    const readyAt = start + minute + defaultDelay;
    expect(decide(facts)).toMatchObject({ step: undefined, state: 'ROTATING', activatesAt: readyAt });
    expect(decide({ ...facts, now: readyAt }).step).toMatchObject({ type: 'ACTIVATE', cause: 'FIRST' });
  });
});

describe('a rotation', () => {
  test('is due when the interval is over', () => {
    expect(decide({ ...steady, now: start + interval - 1 })).toEqual({
      step: undefined,
      state: 'STEADY',
      lateSince: null,
      nextRotationAt: start + interval,
      activatesAt: null,
      waitingFor: [],
      changesAt: start + interval,
      waitsForNodes: false,
    });
    expect(decide({ ...steady, now: start + interval }).step).toEqual({
      type: 'ACTIVATE',
      version: 2,
      cause: 'INTERVAL',
    });
  });

  test('that is due waits until verifiers know the next member', () => {
    const members = [active, { ...next, publishedAt: start + interval - hour }];
    const readyAt = start + interval - hour + defaultDelay;
    expect(decide({ ...steady, members, now: start + interval })).toMatchObject({
      step: undefined,
      state: 'ROTATING',
      nextRotationAt: readyAt,
      activatesAt: readyAt,
      waitingFor: [waitingFor('CACHES')],
      changesAt: readyAt,
    });
    expect(decide({ ...steady, members, now: readyAt }).step?.type).toBe('ACTIVATE');
  });

  test('by hand is due as soon as the next member is ready', () => {
    const facts = { ...steady, rotateRequestedAt: start + minute };
    const readyAt = start + minute + defaultDelay;
    expect(decide({ ...facts, now: readyAt - 1 })).toMatchObject({
      step: undefined,
      state: 'ROTATING',
      activatesAt: readyAt,
      nextRotationAt: readyAt,
      waitingFor: [waitingFor('CACHES')],
      changesAt: readyAt,
    });
    expect(decide({ ...facts, now: readyAt }).step).toEqual({
      type: 'ACTIVATE',
      version: 2,
      cause: 'REQUESTED',
    });
  });

  test('is never planned for a manual ring', () => {
    const policy = { ...steady.policy, rotationIntervalMs: null };
    expect(decide({ ...steady, policy, now: start + 3 * interval })).toMatchObject({
      step: undefined,
      state: 'STEADY',
      nextRotationAt: null,
      changesAt: null,
    });
  });

  test('makes one member ACTIVE and the former one RETIRING in one step', () => {
    const { facts, sent } = applyStep(
      { ...steady, now: start + interval, rotateRequestedAt: start },
      { type: 'ACTIVATE', version: 2, cause: 'INTERVAL' },
    );
    expect(facts.members.map(({ state }) => state)).toEqual(['RETIRING', 'ACTIVE']);
    expect(facts.members[1]).toMatchObject({ activatedAt: start + interval, hasSigned: true });
    expect(facts.rotateRequestedAt).toBeNull();
    expect(sent).toEqual([1, 2]);
  });

  test('is BLOCKED when it is due and a node lacks the next member', () => {
    const blocked = { ...steady, members: [active, staged], nodes: [node('g1'), g2] };
    expect(decide({ ...blocked, now: start + interval - 1 })).toMatchObject({
      state: 'STEADY',
      waitingFor: [],
    });
    expect(decide({ ...blocked, now: start + interval })).toMatchObject({
      step: undefined,
      state: 'BLOCKED',
      activatesAt: null,
      waitingFor: [waitingForG2],
    });
  });

  test('is late when it is due for more than a tenth of the interval', () => {
    const blocked = { ...steady, members: [active, staged], nodes: [node('g1'), g2] };
    const dueAt = start + interval;
    expect(decide({ ...blocked, now: dueAt + interval / 10 }).lateSince).toBeNull();
    expect(decide({ ...blocked, now: dueAt + interval / 10 + 1 }).lateSince).toBe(dueAt);
    const resumedAt = dueAt + hour;
    expect(decide({ ...blocked, resumedAt, now: resumedAt + interval / 10 + 1 }).lateSince).toBe(resumedAt);
  });

  test('by hand is not late before the next member could be known', () => {
    const blocked = {
      ...steady,
      members: [active, staged],
      nodes: [node('g1'), g2],
      rotateRequestedAt: start,
    };
    const from = start + defaultDelay;
    expect(decide({ ...blocked, now: from + interval / 10 }).lateSince).toBeNull();
    expect(decide({ ...blocked, now: from + interval / 10 + 1 }).lateSince).toBe(from);
  });

  test('takes one step at a time, retirement first', () => {
    const retireAt = start + interval;
    const old = member(1, 'RETIRING', {
      confirmedAt: retireAt - hour - minute,
      retireAt,
      sentRetireAt: retireAt,
    });
    const members = [
      old,
      { ...active, version: 2 },
      { ...next, version: 3 },
      member(4, 'STAGED', { createdAt: start }),
    ];
    expect(decide({ ...steady, members, now: start + interval }).step).toEqual({
      type: 'RETIRE',
      version: 1,
    });
  });
});

describe('a held ring', () => {
  const held: RingFacts = { ...steady, heldBecause: 'REQUESTED' };

  test('does not rotate, and states why once it is due', () => {
    expect(decide({ ...held, now: start + interval - 1 })).toMatchObject({
      state: 'HELD',
      waitingFor: [],
      nextRotationAt: null,
    });
    expect(decide({ ...held, now: start + interval })).toMatchObject({
      step: undefined,
      state: 'HELD',
      waitingFor: [waitingFor('HELD')],
      lateSince: null,
    });
  });

  test('counts the interval from the last activation when it is resumed', () => {
    const resumed = { ...steady, resumedAt: start + interval + day, now: start + interval + day };
    expect(decide(resumed).step).toMatchObject({ type: 'ACTIVATE', cause: 'INTERVAL' });
  });

  test('goes on staging and publishing its next member', () => {
    expect(decide({ ...held, members: [active] }).step).toEqual({ type: 'STAGE' });
    expect(decide({ ...held, members: [active, staged] }).step).toMatchObject({ type: 'PUBLISHED' });
  });

  test('activates a member that is requested by its kid', () => {
    const requested = { ...held, requestedActivation: { version: 2, force: false }, now: start + 2 * day };
    expect(decide(requested).step).toEqual({ type: 'ACTIVATE', version: 2, cause: 'REQUESTED' });
  });
});

describe('a forced activation', () => {
  test('does not wait for verifiers', () => {
    const requestedActivation = { version: 2, force: true };
    expect(decide({ ...steady, requestedActivation }).step).toEqual({
      type: 'ACTIVATE',
      version: 2,
      cause: 'FORCED',
    });
  });

  test('waits for nodes all the same', () => {
    const requestedActivation = { version: 2, force: true };
    const members = [active, staged];
    expect(decide({ ...steady, members, nodes: [g2], requestedActivation })).toMatchObject({
      step: undefined,
      state: 'BLOCKED',
      waitingFor: [waitingForG2],
    });
  });
});

describe('a rollback', () => {
  const now = start + interval + 10 * minute;
  const retireAt = now + hour;
  const old = member(1, 'RETIRING', {
    publishedAt: start,
    activatedAt: start,
    retireAt,
    sentRetireAt: retireAt,
    confirmedAt: retireAt - hour - minute,
    revisions: { e1: 30 },
  });
  const members = [
    old,
    member(2, 'ACTIVE', { activatedAt: start + interval }),
    member(3, 'NEXT', { publishedAt: start + interval }),
  ];
  const requestedActivation = { version: 1, force: false };
  const upToDate = node('g1', { appliedRevision: 31, appliedAt: now });
  const requested = ring({ now, members, nodes: [upToDate], requestedActivation });
  const removed = { ...old, retireAt: null, revisions: { e1: 31 } };
  const second = { ...requested, members: [removed, ...members.slice(1)] };

  test('removes retireAt first', () => {
    const { step } = decide(requested);
    expect(step).toEqual({
      type: 'SET_RETIREMENT',
      version: 1,
      retireAt: null,
      confirmedAt: old.confirmedAt,
      pendingNodeIds: [],
    });
    if (step?.type !== 'SET_RETIREMENT') return;
    const { facts, sent } = applyStep(requested, step);
    expect(facts.members[0]).toMatchObject({ state: 'RETIRING', retireAt: null, sentRetireAt: retireAt });
    expect(sent).toEqual([1]);
  });

  test('activates when every node has confirmed that, and holds the ring', () => {
    const lacking = { ...second, nodes: [upToDate, node('g2', { appliedRevision: 30 })] };
    expect(decide(lacking)).toMatchObject({
      step: undefined,
      state: 'BLOCKED',
      waitingFor: [{ nodeName: 'g2', reason: 'NOT_CONFIRMED' }],
    });
    const { step } = decide(second);
    expect(step).toEqual({ type: 'ROLL_BACK', version: 1 });
    if (step?.type !== 'ROLL_BACK') return;
    const { facts } = applyStep(second, step);
    expect(facts.members.map(({ state }) => state)).toEqual(['ACTIVE', 'RETIRING', 'NEXT']);
    expect(facts).toMatchObject({ heldBecause: 'ROLLBACK', requestedActivation: null });
    expect(facts.members[0]).toMatchObject({ activatedAt: now, retireAt: null, sentRetireAt: null });
  });

  test('is blocked by a node that is away, unless it is forced', () => {
    const nodes = [upToDate, g2];
    expect(decide({ ...second, nodes })).toMatchObject({ step: undefined, waitingFor: [waitingForG2] });
    const forced = { ...second, nodes, requestedActivation: { version: 1, force: true } };
    expect(decide(forced).step).toEqual({ type: 'ROLL_BACK', version: 1 });
    const lacking = [...nodes, node('g3', { appliedRevision: 30 })];
    expect(decide({ ...forced, nodes: lacking }).step).toBeUndefined();
  });

  test('waits for a node with a serve limit only until it stops to serve', () => {
    const limited = { ...g2, lastSeenAt: now, serveLimitMs: minute };
    const waiting = { ...second, nodes: [upToDate, limited] };
    expect(decide(waiting)).toMatchObject({ step: undefined, changesAt: now + minute });
    expect(decide({ ...waiting, now: now + minute }).step).toEqual({ type: 'ROLL_BACK', version: 1 });
  });

  test('waits for D where a node had unpublished the member by its own clock', () => {
    const late = retireAt - minute;
    const nodes = [{ ...upToDate, appliedAt: late }];
    const waiting = { ...second, nodes, now: retireAt };
    expect(decide(waiting)).toMatchObject({
      step: undefined,
      state: 'ROTATING',
      waitingFor: [waitingFor('CACHES')],
      activatesAt: late + defaultDelay,
      changesAt: late + defaultDelay,
    });
    const intime = [{ ...upToDate, appliedAt: late - 1 }];
    expect(decide({ ...waiting, nodes: intime }).step).toEqual({ type: 'ROLL_BACK', version: 1 });
    expect(decide({ ...waiting, now: late + defaultDelay }).step).toEqual({ type: 'ROLL_BACK', version: 1 });
  });

  test('waits for D from when every node had the member again, whatever nodes confirm meanwhile', () => {
    const published = retireAt + minute;
    const late = { ...second, nodes: [{ ...upToDate, appliedAt: published }], now: published };
    const readyAt = published + defaultDelay;
    const { step, activatesAt } = decide(late);
    expect(step).toEqual({ type: 'PUBLISHED_AGAIN', version: 1, publishedAt: published, readyAt });
    expect(activatesAt).toBe(readyAt);
    if (step?.type !== 'PUBLISHED_AGAIN') return;
    const { facts, sent } = applyStep(late, step);
    expect(sent).toEqual([]);
    expect(facts.members[0]).toMatchObject({ state: 'RETIRING', publishedAt: published, readyAt });
    const changed = { ...facts, nodes: [{ ...upToDate, appliedRevision: 40, appliedAt: readyAt - 1 }] };
    expect(decide({ ...changed, now: readyAt - 1 })).toMatchObject({
      step: undefined,
      waitingFor: [waitingFor('CACHES')],
      activatesAt: readyAt,
      changesAt: readyAt,
    });
    expect(decide({ ...changed, now: readyAt }).step).toEqual({ type: 'ROLL_BACK', version: 1 });
  });

  test('of an encryption key does not wait for D: nodes decrypt with it by no clock', () => {
    const nodes = [{ ...upToDate, appliedAt: retireAt }];
    const late: RingFacts = { ...second, kind: 'ENCRYPTION', nodes, now: retireAt };
    expect(decide(late).step).toEqual({ type: 'ROLL_BACK', version: 1 });
  });

  test('that was requested before retireAt is carried out after it, where no manager ran in between', () => {
    const decided = decide({ ...requested, now: retireAt });
    expect(decided.step).toMatchObject({ type: 'SET_RETIREMENT', version: 1, retireAt: null });
  });
});

describe('a ring with five RETIRING members', () => {
  const now = start + interval;
  const retiring = [1, 2, 3, 4, 5].map((version) =>
    member(version, 'RETIRING', {
      activatedAt: start,
      confirmedAt: now + version * minute - hour - minute,
      retireAt: now + version * minute,
      sentRetireAt: now + version * minute,
    }),
  );
  const members = [...retiring, { ...active, version: 6 }, { ...next, version: 7 }];
  const full = { ...steady, members, now };

  test('does not rotate before the oldest retires', () => {
    expect(decide(full)).toMatchObject({
      step: undefined,
      state: 'BLOCKED',
      waitingFor: [waitingFor('CACHES')],
      activatesAt: now + minute,
      changesAt: now + minute,
    });
    expect(decide({ ...full, now: now + minute }).step).toEqual({ type: 'RETIRE', version: 1 });
  });

  test('names the nodes that the oldest waits for', () => {
    const oldest = member(1, 'RETIRING', { confirmedAt: start, pendingNodeIds: ['id-g2'] });
    const policy = { ...full.policy, signingLeaseMs: null };
    const nodes = [node('g1'), g2];
    expect(decide({ ...full, policy, nodes, members: [oldest, ...members.slice(1)] })).toMatchObject({
      step: undefined,
      state: 'BLOCKED',
      waitingFor: [waitingForG2],
    });
  });
});

describe('a changed algorithm', () => {
  test('withdraws a NEXT member that never signed, and stages another', () => {
    const members = [
      { ...active, outdated: true },
      { ...next, outdated: true },
    ];
    const { step } = decide({ ...steady, members, now: start + interval });
    expect(step).toEqual({ type: 'WITHDRAW', version: 2 });
    if (step?.type !== 'WITHDRAW') return;
    const { facts } = applyStep({ ...steady, members }, step);
    expect(facts.members[1]).toMatchObject({ state: 'RETIRED', hasSigned: false });
    expect(decide(facts).step).toEqual({ type: 'STAGE' });
  });

  test('keeps a member that has signed: tokens of it may be valid', () => {
    const members = [active, { ...next, outdated: true, hasSigned: true }];
    expect(decide({ ...steady, members }).step).toBeUndefined();
  });

  test('withdraws a STAGED member, too', () => {
    const members = [active, { ...staged, outdated: true }];
    expect(decide({ ...steady, members }).step).toEqual({ type: 'WITHDRAW', version: 2 });
  });
});

describe('the state', () => {
  test('is REVOKING while a revocation waits for a node, and rotation goes on', () => {
    const revoking = { ...steady, isRevoking: true, now: start + interval };
    expect(decide(revoking)).toMatchObject({ state: 'REVOKING', step: { type: 'ACTIVATE' } });
  });
});
