import { describe, expect, test } from 'vitest';
import { applyStep } from '../../../src/rings/schedule/apply-step.ts';
import { decide } from '../../../src/rings/schedule/decide.ts';
import type { MemberFacts, NodeFacts, RingFacts } from '../../../src/rings/schedule/ring-facts.ts';
import { day, defaultDelay, hour, member, minute, node, ring, start } from './support/facts.ts';

const activatedAt = start + 90 * day;
const now = activatedAt + 5 * minute;
const retiring = member(1, 'RETIRING', { publishedAt: start, activatedAt: start, revisions: { e1: 20 } });
const active = member(2, 'ACTIVE', { publishedAt: start, activatedAt });
const next = member(3, 'NEXT', { publishedAt: activatedAt });
const upToDate = { appliedRevision: 20, appliedAt: activatedAt + minute, lastSeenAt: now };

function facts(nodes: readonly NodeFacts[], change: Partial<RingFacts> = {}, old: Partial<MemberFacts> = {}) {
  return ring({ now, members: [{ ...retiring, ...old }, active, next], nodes, ...change });
}

function decided(...args: Parameters<typeof facts>) {
  return decide(facts(...args));
}

function retireAt(...args: Parameters<typeof facts>): number | null | undefined {
  const { step } = decided(...args);
  return step?.type === 'SET_RETIREMENT' ? step.retireAt : undefined;
}

const away = node('g2', { connected: false, appliedRevision: 19, lastSeenAt: activatedAt - day });
const lifetimeAndSkew = hour + minute;

describe('retireAt', () => {
  test('is L + S after the last node confirmed the activation of the successor', () => {
    const nodes = [node('g1', upToDate), node('g2', { ...upToDate, appliedAt: activatedAt + 2 * minute })];
    expect(decided(nodes).step).toEqual({
      type: 'SET_RETIREMENT',
      version: 1,
      retireAt: activatedAt + 2 * minute + lifetimeAndSkew,
      confirmedAt: activatedAt + 2 * minute,
      pendingNodeIds: [],
    });
  });

  test('counts the lease of a node whose environment left the ring, until it has confirmed that', () => {
    const signsUntil = activatedAt - day + 7 * day;
    const leftNodes = [{ ...away, leftRevision: 21 }];
    expect(decided([node('g1', upToDate)], { leftNodes }).step).toEqual({
      type: 'SET_RETIREMENT',
      version: 1,
      retireAt: signsUntil + minute + lifetimeAndSkew,
      confirmedAt: activatedAt + minute,
      pendingNodeIds: ['id-g2'],
    });
    expect(retireAt([node('g1', upToDate)])).toBe(activatedAt + minute + lifetimeAndSkew);
  });

  test('is unknown until a connected node whose environment left the ring has confirmed that', () => {
    const leftNodes = [{ ...node('g2', upToDate), leftRevision: 21 }];
    expect(decided([node('g1', upToDate)], { leftNodes }).step).toBeUndefined();
  });

  test('counts from when a node whose environment left the ring has confirmed that', () => {
    const confirmed = { ...node('g2', upToDate), appliedAt: activatedAt + 3 * minute };
    const leftNodes = [{ ...confirmed, leftRevision: confirmed.appliedRevision }];
    expect(decided([node('g1', upToDate)], { leftNodes }).step).toMatchObject({
      retireAt: activatedAt + 3 * minute + lifetimeAndSkew,
      pendingNodeIds: [],
    });
  });

  test('waits without end for an outlet that delivers private keys, once its delivery fails', () => {
    const delivery = node('d', { appliedRevision: 19 });
    const outletOf = (isFailing: boolean) => ({ name: 'gateway', nodeName: 'g1', isFailing });
    expect(
      decided([node('g1', upToDate)], { outlets: [{ ...delivery, outlet: outletOf(false) }] }).step,
    ).toBeUndefined();
    expect(
      decided([node('g1', upToDate)], { outlets: [{ ...delivery, outlet: outletOf(true) }] }).step,
    ).toMatchObject({
      retireAt: null,
      pendingNodeIds: ['id-d'],
    });
    const ofPublicKeys = { ...delivery, outlet: outletOf(true), privateKeys: false };
    expect(retireAt([node('g1', upToDate)], { outlets: [ofPublicKeys] })).toBe(
      activatedAt + minute + lifetimeAndSkew,
    );
  });

  test('is L + S after the activation where no node is registered', () => {
    expect(retireAt([])).toBe(activatedAt + lifetimeAndSkew);
  });

  test('is unknown until every connected node has confirmed', () => {
    const decision = decided([node('g1', upToDate), node('g2', { appliedRevision: 19 }), away]);
    expect(decision).toMatchObject({ step: undefined, waitsForNodes: true, state: 'STEADY' });
  });

  test('counts the lease and S of a node that is away', () => {
    const signsUntil = activatedAt - day + 7 * day;
    expect(decided([node('g1', upToDate), away]).step).toEqual({
      type: 'SET_RETIREMENT',
      version: 1,
      retireAt: signsUntil + minute + lifetimeAndSkew,
      confirmedAt: activatedAt + minute,
      pendingNodeIds: ['id-g2'],
    });
  });

  test('is open while a node is away whose lease has no end', () => {
    const policy = { ...ring().policy, signingLeaseMs: null };
    expect(retireAt([node('g1', upToDate), away], { policy })).toBeNull();
  });

  test('counts from when a node registered that was never heard', () => {
    const unheard = { ...away, lastSeenAt: null, registeredAt: activatedAt - hour };
    expect(retireAt([unheard])).toBe(activatedAt - hour + 7 * day + minute + lifetimeAndSkew);
  });

  test('does not count nodes without private keys, nor one that registered after the activation', () => {
    const keyless = { ...away, privateKeys: false };
    const later = node('g3', { registeredAt: activatedAt + minute, appliedRevision: 0 });
    expect(retireAt([node('g1', upToDate), keyless, later])).toBe(activatedAt + minute + lifetimeAndSkew);
  });

  test('is not before a node was removed: it may have signed until then', () => {
    const nodeRemovedAt = activatedAt + 3 * minute;
    expect(retireAt([node('g1', upToDate)], { nodeRemovedAt })).toBe(nodeRemovedAt + lifetimeAndSkew);
  });

  const sent = activatedAt + 6 * day + minute + lifetimeAndSkew;
  const known = {
    confirmedAt: activatedAt + minute,
    retireAt: sent,
    sentRetireAt: sent,
    pendingNodeIds: ['id-g2'],
  };

  test('stays as it is while the node that is away stays away', () => {
    expect(decided([node('g1', upToDate), away], {}, known)).toMatchObject({
      step: undefined,
      changesAt: sent,
      waitsForNodes: true,
    });
  });

  test('falls when the node that was away returns', () => {
    const nodes = [node('g1', upToDate), { ...away, ...upToDate, connected: true, appliedAt: now }];
    expect(retireAt(nodes, {}, known)).toBe(now + lifetimeAndSkew);
  });

  test('is not moved by what a node confirms later', () => {
    const nodes = [node('g1', { ...upToDate, appliedRevision: 25, appliedAt: now }), away];
    expect(decided(nodes, {}, known).step).toBeUndefined();
  });

  test('counts a node that is removed while it is waited for as if it had signed until now', () => {
    expect(retireAt([node('g1', upToDate)], {}, known)).toBe(now + lifetimeAndSkew);
  });

  test('does not exceed what nodes were sent', () => {
    const flapped = { ...away, lastSeenAt: now };
    expect(decided([node('g1', upToDate), flapped], {}, known).step).toBeUndefined();
    const policy = { ...ring().policy, signingLeaseMs: null };
    expect(decided([node('g1', upToDate), away], { policy }, known).step).toBeUndefined();
  });

  test('counts the longer L and lease of a policy that not every node has left behind', () => {
    const formerLimits = {
      maxTokenLifetimeMs: 10 * hour,
      signingLeaseMs: 20 * day,
      revisions: { e1: 21 },
      until: null,
    };
    const expected = activatedAt - day + 20 * day + minute + 10 * hour + minute;
    expect(retireAt([node('g1', upToDate), away], { formerLimits })).toBe(expected);
    const over = { ...formerLimits, until: now };
    expect(retireAt([node('g1', upToDate)], { formerLimits: over })).toBe(
      activatedAt + minute + lifetimeAndSkew,
    );
  });

  test('of an encryption key counts D from the last unpublication', () => {
    const kind = 'ENCRYPTION';
    const expected = activatedAt + minute + defaultDelay + lifetimeAndSkew;
    expect(retireAt([node('g1', upToDate)], { kind })).toBe(expected);
    expect(retireAt([node('g1', upToDate), away], { kind })).toBeNull();
    const limited = { ...away, serveLimitMs: 2 * day };
    expect(retireAt([node('g1', upToDate), limited], { kind })).toBe(expected + day - minute);
  });

  test('of an encryption key is moved to a later time as well: nodes do not drop it by their own clock', () => {
    const policy = { ...ring().policy, maxTokenLifetimeMs: 2 * hour };
    const early = { ...known, pendingNodeIds: [], retireAt: now + hour, sentRetireAt: now + hour };
    const expected = activatedAt + minute + defaultDelay + 2 * hour + minute;
    expect(retireAt([node('g1', upToDate)], { kind: 'ENCRYPTION', policy }, early)).toBe(expected);
    expect(
      decided([node('g1', upToDate)], { policy }, { ...early, retireAt: now + hour }).step,
    ).toBeUndefined();
  });

  test('of an encryption key counts a longer A + W until messages to the last cached set are over', () => {
    const over = now - (2 * hour + day + minute);
    const end = (confirmedAt: number) =>
      retireAt([node('g1', upToDate)], { kind: 'ENCRYPTION', formerCaches: { ms: 2 * hour, confirmedAt } });
    const expected = activatedAt + minute + defaultDelay + lifetimeAndSkew;
    expect(end(over)).toBe(expected + 2 * hour - 6 * minute);
    expect(end(over - lifetimeAndSkew)).toBe(expected);
  });

  test('of a secret key has no D', () => {
    expect(retireAt([node('g1', upToDate)], { kind: 'OCT' })).toBe(activatedAt + minute + lifetimeAndSkew);
  });
});

describe('a RETIRING member', () => {
  const known = { confirmedAt: activatedAt + minute, retireAt: now, sentRetireAt: now };

  test('retires at retireAt', () => {
    const settled = { ...known, confirmedAt: now - lifetimeAndSkew };
    expect(decided([node('g1', upToDate)], { now: now - 1 }, settled)).toMatchObject({
      step: undefined,
      changesAt: now,
    });
    expect(decided([node('g1', upToDate)], {}, settled).step).toEqual({ type: 'RETIRE', version: 1 });
  });

  test('does not retire while a node that is connected has not confirmed', () => {
    const pending = { ...known, pendingNodeIds: ['id-g1'] };
    expect(decided([node('g1', { appliedRevision: 19 })], {}, pending).step).toBeUndefined();
  });

  test('retires although the ring is held', () => {
    const settled = { ...known, confirmedAt: now - lifetimeAndSkew };
    expect(decided([node('g1', upToDate)], { heldBecause: 'REQUESTED' }, settled).step).toEqual({
      type: 'RETIRE',
      version: 1,
    });
  });
});

describe('the private part', () => {
  const retired = member(1, 'RETIRED', { retiredAt: now });

  test('is erased 30 days after the retirement', () => {
    const later = facts([node('g1', upToDate)], { members: [retired, active, next] });
    const erasedAt = now + 30 * day;
    expect(decide(later)).toMatchObject({ step: undefined, changesAt: erasedAt });
    const due = decide({ ...later, now: erasedAt });
    expect(due.step).toEqual({ type: 'ERASE_PRIVATE_PART', version: 1 });
  });

  test('is erased once', () => {
    const members = [{ ...retired, erased: true }, active, next];
    expect(decide(facts([node('g1', upToDate)], { members, now: now + 31 * day })).step).toBeUndefined();
  });

  test('of a REVOKED member is erased at once, should it still be there', () => {
    const members = [member(1, 'REVOKED', { revokedAt: now }), active, next];
    expect(decide(facts([], { members })).step).toEqual({ type: 'ERASE_PRIVATE_PART', version: 1 });
  });
});

describe('limits of a former policy', () => {
  const formerLimits = {
    maxTokenLifetimeMs: 10 * hour,
    signingLeaseMs: day,
    revisions: { e1: 21 },
    until: null,
  };
  const members = [active, next];
  const policy = { ...ring().policy, signingLeaseMs: day };

  test('count until every node has the present policy, and the last token has expired', () => {
    const behind = ring({ now, policy, members, formerLimits, nodes: [node('g1', upToDate)] });
    expect(decide(behind).step).toBeUndefined();
    const nodes = [node('g1', { appliedRevision: 21 })];
    const { step } = decide({ ...behind, nodes });
    expect(step).toEqual({ type: 'LIMITS_CONFIRMED', until: now + 10 * hour + minute });
    if (step?.type !== 'LIMITS_CONFIRMED') return;
    const after = applyStep({ ...behind, nodes }, step).facts;
    expect(after.formerLimits?.until).toBe(now + 10 * hour + minute);
    expect(decide(after).step).toBeUndefined();
  });

  test('wait for no node of an ENCRYPTION ring: how long messages wait is not up to nodes', () => {
    const nodes = [node('g1', upToDate)];
    expect(decide(ring({ now, kind: 'ENCRYPTION', policy, members, formerLimits, nodes })).step).toEqual({
      type: 'LIMITS_CONFIRMED',
      until: now + defaultDelay + 10 * hour + minute,
    });
  });

  test('do not wait for a node that is away and whose lease is over', () => {
    const nodes = [{ ...away, lastSeenAt: now - day - minute }];
    expect(decide(ring({ now, policy, members, formerLimits, nodes })).step?.type).toBe('LIMITS_CONFIRMED');
    const connected = [{ ...away, connected: true, lastSeenAt: now - day - minute }];
    expect(decide(ring({ now, policy, members, formerLimits, nodes: connected })).step).toBeUndefined();
    const still = [{ ...away, lastSeenAt: now - day }];
    expect(decide(ring({ now, policy, members, formerLimits, nodes: still })).step).toBeUndefined();
  });
});
