import { describe, expect, test } from 'vitest';
import { requireActivatable, requireRotatable } from '../../../src/rings/schedule/refusals.ts';
import type { MemberFacts, RingFacts } from '../../../src/rings/schedule/ring-facts.ts';
import { day, defaultDelay, hour, member, node, ring, start } from './support/facts.ts';

const active = member(1, 'ACTIVE', { publishedAt: start, activatedAt: start });
const away = node('g2', { connected: false, appliedRevision: 9 });

function activating(target: MemberFacts, change: Partial<RingFacts> = {}, force = false): () => void {
  const members = target.state === 'ACTIVE' ? [target] : [active, target];
  return () => requireActivatable(ring({ members, nodes: [node('g1')], ...change }), target, force);
}

describe('activate', () => {
  test('is refused for a STAGED member, naming a node that has not confirmed it, also with force', () => {
    const text =
      'Key (kid: k2) of key ring (name: api-signing) can not be activated: it is not confirmed by node (name: g2) of environment (name: gate)!';
    const nodes = [node('g1'), away];
    expect(activating(member(2, 'STAGED'), { nodes })).toThrow(text);
    expect(activating(member(2, 'STAGED'), { nodes }, true)).toThrow(text);
  });

  test('is refused for a NEXT member that an outlet has not delivered, also with force', () => {
    const outlet = { name: 'gateway', nodeName: 'g1', isFailing: true };
    const outlets = [node('late', { outlet, appliedRevision: 9 })];
    const next = member(2, 'NEXT', { publishedAt: start - 2 * day });
    const text =
      'Key (kid: k2) of key ring (name: api-signing) can not be activated: it is not confirmed by outlet (name: gateway) at node (name: g1) of environment (name: gate)!';
    expect(activating(next, { outlets })).toThrow(text);
    expect(activating(next, { outlets }, true)).toThrow(text);
  });

  test('is refused before readyAt, which is rounded up to a second, unless it is forced', () => {
    const next = member(2, 'NEXT', { publishedAt: start + 1 });
    expect(activating(next)).toThrow(
      'Key (kid: k2) of key ring (name: api-signing) can not be activated before 2026-11-02T00:07:01Z: verifiers may not know it yet! Give force and a reason to do it all the same.',
    );
    expect(activating(next, {}, true)).not.toThrow();
    expect(activating(next, { now: start + 1 + defaultDelay })).not.toThrow();
  });

  test.each(['RETIRED', 'REVOKED'] as const)('is refused for a %s member', (state) => {
    expect(activating(member(2, state), {}, true)).toThrow(
      `Key (kid: k2) of key ring (name: api-signing) can not be activated: it is ${state}!`,
    );
  });

  test('is refused for a RETIRING member whose retireAt is over', () => {
    expect(activating(member(2, 'RETIRING', { retireAt: start + 1 }))).not.toThrow();
    expect(activating(member(2, 'RETIRING', { retireAt: start }))).toThrow('it is RETIRED!');
  });

  test('is refused for a member of an algorithm that the ring no longer has', () => {
    const outdated = member(2, 'NEXT', { publishedAt: start - day, outdated: true });
    expect(activating(outdated)).toThrow('can not be activated: it is withdrawn!');
  });

  test('of the ACTIVE member is no error', () => {
    expect(activating(active)).not.toThrow();
  });

  test('is allowed while the ring is held', () => {
    const next = member(2, 'NEXT', { publishedAt: start - 2 * day });
    expect(activating(next, { heldBecause: 'REQUESTED' })).not.toThrow();
  });
});

describe('rotate', () => {
  test('of a held ring is refused', () => {
    expect(() => requireRotatable(ring({ heldBecause: 'ROLLBACK' }))).toThrow(
      'Key ring (name: api-signing) is held: resume it, or activate a key by its kid!',
    );
  });

  const retiring = [1, 2, 3, 4, 5].map((version) => member(version, 'RETIRING', { retireAt: start + hour }));
  const members = [
    ...retiring,
    { ...active, version: 6 },
    member(7, 'NEXT', { publishedAt: start - 2 * day }),
  ];

  test('with five RETIRING members is refused, naming the oldest', () => {
    expect(() => requireRotatable(ring({ members }))).toThrow(
      'Key ring (name: api-signing) has 5 RETIRING keys; the oldest (name: api-signing.1) retires at 2026-11-01T01:00:00Z!',
    );
    expect(() => requireRotatable(ring({ members: members.slice(1) }))).not.toThrow();
  });

  test('with five RETIRING members names a time only if one is known', () => {
    const open = [{ ...members[0], retireAt: null } as MemberFacts, ...members.slice(1)];
    expect(() => requireRotatable(ring({ members: open }))).toThrow(
      'the oldest (name: api-signing.1) retires when every node has confirmed its successor!',
    );
  });

  test('activates no sixth RETIRING member by its kid, also with force', () => {
    const facts = ring({ members });
    const seventh = members[6] as MemberFacts;
    expect(() => requireActivatable(facts, seventh, true)).toThrow('has 5 RETIRING keys');
  });
});
