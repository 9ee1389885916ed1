import { describe, expect, test } from 'vitest';
import { applyActivation, applyRevocation, stagedMember } from '../../../src/rings/schedule/apply-step.ts';
import { day, member, node, ring, start } from './support/facts.ts';

const active = member(1, 'ACTIVE', { publishedAt: start, activatedAt: start });
const next = member(2, 'NEXT', { publishedAt: start });
const now = start + 10 * day;
const facts = ring({ now, members: [active, next], nodes: [node('g1')] });
const states = (applied: { facts: typeof facts }) => applied.facts.members.map(({ state }) => state);

describe('a revocation', () => {
  test('of the ACTIVE member activates the NEXT one in the same transaction', () => {
    const revoked = applyRevocation(facts, [1]);
    expect(states(revoked)).toEqual(['REVOKED', 'ACTIVE']);
    expect(revoked).toMatchObject({ needsKey: false, activatedBeforeReady: false, sent: [1, 2] });
    expect(revoked.facts.members[0]).toMatchObject({ revokedAt: now, erased: true, retireAt: null });
    expect(revoked.facts.members[1]).toMatchObject({ activatedAt: now });
  });

  test('reports that verifiers may not know the successor yet', () => {
    const early = { ...facts, members: [active, { ...next, publishedAt: now }] };
    expect(applyRevocation(early, [1]).activatedBeforeReady).toBe(true);
    const staged = { ...facts, members: [active, member(2, 'STAGED')] };
    expect(applyRevocation(staged, [1])).toMatchObject({ activatedBeforeReady: true });
  });

  test('prefers a NEXT member to a STAGED one, and the newest of them', () => {
    const members = [active, next, { ...next, version: 3 }, member(4, 'STAGED')];
    expect(states(applyRevocation({ ...facts, members }, [1]))).toEqual([
      'REVOKED',
      'NEXT',
      'ACTIVE',
      'STAGED',
    ]);
  });

  test('of ACTIVE and NEXT needs a key, which is activated at once', () => {
    const revoked = applyRevocation(facts, [1, 2]);
    expect(revoked).toMatchObject({ needsKey: true, activatedBeforeReady: true });
    const key = { version: 3, jwkId: 'jwk-3', kid: 'k3', revisions: {} };
    const members = [...revoked.facts.members, stagedMember(revoked.facts, key)];
    const activated = applyActivation({ ...revoked.facts, members }, 3);
    expect(states(activated)).toEqual(['REVOKED', 'REVOKED', 'ACTIVE']);
    expect(activated.sent).toEqual([3]);
  });

  test('of another member leaves the ACTIVE one as it is', () => {
    const revoked = applyRevocation(facts, [2]);
    expect(states(revoked)).toEqual(['ACTIVE', 'REVOKED']);
    expect(revoked).toMatchObject({ needsKey: false, activatedBeforeReady: false });
  });

  test('leaves a member alone that is REVOKED already', () => {
    const before = member(2, 'REVOKED', { revokedAt: start });
    const revoked = applyRevocation({ ...facts, members: [active, before] }, [2]);
    expect(revoked.facts.members[1]).toEqual(before);
  });

  test('ends a request to activate the member', () => {
    const requested = { ...facts, requestedActivation: { version: 2, force: false } };
    expect(applyRevocation(requested, [2]).facts.requestedActivation).toBeNull();
    expect(applyRevocation(requested, [1]).facts.requestedActivation).toBeNull();
  });
});
