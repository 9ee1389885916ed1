import { describe, expect, test } from 'vitest';
import { decide } from '../../../src/rings/schedule/decide.ts';
import type { NodeFacts, RingFacts } from '../../../src/rings/schedule/ring-facts.ts';
import { day, defaultDelay, hour, member, minute, node, ring, second, start } from './support/facts.ts';

const active = member(1, 'ACTIVE', { publishedAt: start, activatedAt: start });
const staged = member(2, 'STAGED');
const now = start + hour;

function published(nodes: readonly NodeFacts[], change: Partial<RingFacts> = {}) {
  return decide(ring({ now, members: [active, staged], nodes, ...change }));
}

function publishedAt(nodes: readonly NodeFacts[], change: Partial<RingFacts> = {}): number | undefined {
  const { step } = published(nodes, change);
  return step?.type === 'PUBLISHED' ? step.publishedAt : undefined;
}

describe('publishedAt', () => {
  test('is when the last node confirmed the member, and D later the member is ready', () => {
    const nodes = [
      node('g1', { appliedAt: start + minute }),
      node('g2', { appliedAt: start + 2 * minute, appliedRevision: 12 }),
    ];
    expect(published(nodes).step).toEqual({
      type: 'PUBLISHED',
      version: 2,
      publishedAt: start + 2 * minute,
      readyAt: start + 2 * minute + defaultDelay,
    });
  });

  test('is unknown while a node has not confirmed, which waits for nodes and blocks nothing that is not due', () => {
    const decision = published([node('g1', { appliedRevision: 9 })]);
    expect(decision).toMatchObject({ step: undefined, state: 'STEADY', waitingFor: [], waitsForNodes: true });
  });

  test('compares each node with the revision of its own environment', () => {
    const revisions = { e1: 10, e2: 30 };
    const members = [active, { ...staged, revisions }];
    const elsewhere = node('h1', { environmentId: 'e2', appliedRevision: 29 });
    expect(publishedAt([node('g1'), elsewhere], { members })).toBeUndefined();
    expect(publishedAt([node('g1'), { ...elsewhere, appliedRevision: 30 }], { members })).toBe(start);
  });

  test('counts the deliveries of outlets as nodes, also where their node has confirmed', () => {
    const outlet = { name: 'gateway', nodeName: 'g1', isFailing: false };
    const delivery = node('id-of-it', { outlet, appliedRevision: 9, appliedAt: start });
    const waiting = { environmentName: 'gate', nodeName: 'g1', outletName: 'gateway' };
    const requested = { rotateRequestedAt: now, outlets: [delivery] };
    expect(published([node('g1')], requested)).toMatchObject({
      step: undefined,
      state: 'BLOCKED',
      waitingFor: [{ ...waiting, reason: 'NOT_CONFIRMED' }],
    });
    const outlets = [{ ...delivery, appliedRevision: 10, appliedAt: start + 3 * minute }];
    expect(publishedAt([node('g1')], { outlets })).toBe(start + 3 * minute);
  });

  test('is not enough while an outlet lacks the member that began to count later: the activation waits for it', () => {
    const outlet = { name: 'gateway', nodeName: 'g1', isFailing: true };
    const late = node('late', { outlet, appliedRevision: 0, appliedAt: null, registeredAt: now });
    const members = [active, member(2, 'NEXT', { publishedAt: start, readyAt: start })];
    const policy = { ...ring().policy, verifierCacheTimeMs: 0 };
    const due = { members, policy, rotateRequestedAt: now };
    const waiting = { environmentName: 'gate', nodeName: 'g1', outletName: 'gateway' };
    expect(published([node('g1')], { ...due, outlets: [late] })).toMatchObject({
      step: undefined,
      state: 'BLOCKED',
      waitsForNodes: true,
      waitingFor: [{ ...waiting, reason: 'NOT_CONFIRMED' }],
    });
    const outlets = [{ ...late, appliedRevision: 10, appliedAt: now }];
    expect(published([node('g1')], { ...due, outlets }).step).toMatchObject({ type: 'ACTIVATE', version: 2 });
  });

  test('is when the member was created where no node is registered', () => {
    expect(publishedAt([])).toBe(start);
  });

  test('is not moved by a node that registered after the member was sent', () => {
    const later = node('g2', { registeredAt: start + minute, appliedAt: start + 2 * minute });
    expect(publishedAt([node('g1'), later])).toBe(start);
    expect(publishedAt([node('g1'), { ...later, appliedRevision: 0, appliedAt: null }])).toBe(start);
  });

  test('counts a node whose environment joined the ring after it registered: it served sets without the member', () => {
    const present = node('g2', { registeredAt: start + minute, appliedAt: start + 3 * minute });
    const joinedAt = { e1: start + 2 * minute };
    const members = [active, { ...staged, joinedAt }];
    expect(publishedAt([present], { members })).toBe(start + 3 * minute);
    const unconfirmed = { ...present, appliedRevision: 0, connected: false };
    expect(publishedAt([present, unconfirmed], { members })).toBeUndefined();
    const later = { ...present, registeredAt: start + 3 * minute };
    expect(publishedAt([later], { members })).toBe(start);
  });

  test('waits for a node that registered while the member was being sent', () => {
    const joining = node('g2', { registeredAt: start + second, appliedRevision: 0, appliedAt: null });
    expect(publishedAt([node('g1'), joining])).toBeUndefined();
  });

  test('waits for a node that lost its disk: caches have what it served before', () => {
    expect(publishedAt([node('g1'), node('g2', { appliedRevision: 0, connected: false })])).toBeUndefined();
  });

  test('counts a node with a serve limit as if it had confirmed when it stopped to serve', () => {
    const away = node('g2', {
      connected: false,
      appliedRevision: 9,
      serveLimitMs: 30 * minute,
      lastSeenAt: start + 10 * minute,
    });
    expect(published([node('g1'), away], { now: start + 40 * minute - 1 })).toMatchObject({
      step: undefined,
      changesAt: start + 40 * minute,
    });
    expect(publishedAt([node('g1'), away])).toBe(start + 40 * minute);
  });

  test('waits for a node with a serve limit that is connected', () => {
    const slow = node('g2', { appliedRevision: 9, serveLimitMs: minute, lastSeenAt: start });
    expect(publishedAt([node('g1'), slow])).toBeUndefined();
  });

  test('is not before a node was removed: it may have served sets without the member until then', () => {
    expect(publishedAt([node('g1')], { nodeRemovedAt: start + 5 * minute })).toBe(start + 5 * minute);
  });

  test('is now for a node whose confirmation has no time', () => {
    expect(publishedAt([node('g1', { appliedAt: null })])).toBe(now);
  });

  test('counts nodes without private keys for SIGNATURE rings only', () => {
    const keyless = node('g2', { privateKeys: false, appliedRevision: 9 });
    expect(publishedAt([node('g1'), keyless])).toBeUndefined();
    expect(publishedAt([node('g1'), keyless], { kind: 'ENCRYPTION' })).toBe(start);
    expect(publishedAt([node('g1'), keyless], { kind: 'OCT' })).toBe(start);
  });

  test('is void after a restore: it is now, once every node is connected and has confirmed', () => {
    const members = [active, member(2, 'NEXT')];
    const held = { members, heldBecause: 'RESTORED' as const };
    expect(publishedAt([node('g1'), node('g2', { connected: false })], held)).toBeUndefined();
    expect(publishedAt([node('g1'), node('g2')], held)).toBe(now);
  });
});

describe('readyAt', () => {
  const readyAt = (change: Partial<RingFacts>) => {
    const { step } = published([node('g1')], change);
    return step?.type === 'PUBLISHED' ? step.readyAt - step.publishedAt : undefined;
  };

  test('of the first member of a ring is publishedAt', () => {
    expect(readyAt({ members: [member(1, 'STAGED')] })).toBe(0);
  });

  test('of an encryption key is publishedAt: nodes need no time to decrypt', () => {
    expect(readyAt({ kind: 'ENCRYPTION' })).toBe(0);
  });

  test('of a secret key is S later: it is never published', () => {
    expect(readyAt({ kind: 'OCT' })).toBe(minute);
  });

  test('follows the larger A + W until what was served before a change is over', () => {
    const former = { ms: 2 * hour, confirmedAt: null };
    const longer = defaultDelay + 2 * hour - 6 * minute;
    expect(readyAt({ formerCaches: former })).toBe(longer);
    const over = now - (2 * hour + day + minute);
    expect(readyAt({ formerCaches: { ...former, confirmedAt: over + 1 } })).toBe(longer);
    expect(readyAt({ formerCaches: { ...former, confirmedAt: over } })).toBe(defaultDelay);
    expect(readyAt({ formerCaches: { ms: minute, confirmedAt: null } })).toBe(defaultDelay);
  });

  test('follows the policy of now for a member that is published already', () => {
    const members = [active, member(2, 'NEXT', { publishedAt: start, readyAt: start + defaultDelay })];
    const facts = ring({ now, members, nodes: [node('g1')], rotateRequestedAt: start });
    expect(decide(facts).activatesAt).toBe(start + defaultDelay);
    const policy = { ...facts.policy, verifierCacheTimeMs: hour };
    expect(decide({ ...facts, policy }).activatesAt).toBe(start + hour + 7 * minute);
  });
});
