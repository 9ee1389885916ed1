import { describe, expect, test } from 'vitest';
import type { RingFacts } from '../../../src/rings/schedule/ring-facts.ts';
import { type RecordedTransition, timelineOf } from '../../../src/rings/schedule/timeline.ts';
import { day, defaultDelay, hour, member, minute, node, ring, start } from './support/facts.ts';

const interval = 90 * day;

/** Rows as text; times are relative to the start. */
function texts(facts: RingFacts, rotations = 3, recorded: readonly RecordedTransition[] = []) {
  return timelineOf(facts, { rotations, recorded }).map(({ at, version, kid, from, to, planned, cause }) => {
    const when = planned ? 'planned' : 'past';
    return `${when} ${(at - start) / minute} ${version} ${kid} ${from} ${to} ${cause}`;
  });
}

const at = (time: number) => time / minute;

describe('the timeline of a ring that does not exist yet', () => {
  test('has its first rotations as the scheduler would do them', () => {
    const retires = interval + hour + minute;
    expect(texts(ring(), 2)).toEqual([
      'planned 0 1 null null STAGED CREATED',
      'planned 0 1 null STAGED NEXT CONFIRMED',
      'planned 0 1 null NEXT ACTIVE FIRST',
      'planned 0 2 null null STAGED CREATED',
      'planned 0 2 null STAGED NEXT CONFIRMED',
      `planned ${at(interval)} 1 null ACTIVE RETIRING REPLACED`,
      `planned ${at(interval)} 2 null NEXT ACTIVE INTERVAL`,
      `planned ${at(interval)} 3 null null STAGED CREATED`,
      `planned ${at(interval)} 3 null STAGED NEXT CONFIRMED`,
      `planned ${at(retires)} 1 null RETIRING RETIRED EXPIRED`,
    ]);
  });

  test('ends with the first activation if it is rotated by hand', () => {
    const policy = { ...ring().policy, rotationIntervalMs: null };
    expect(texts(ring({ policy })).at(-1)).toBe('planned 0 2 null STAGED NEXT CONFIRMED');
  });
});

describe('the timeline of a ring', () => {
  const retireAt = start + interval + 2 * hour;
  const members = [
    member(1, 'RETIRING', {
      publishedAt: start + minute,
      activatedAt: start + minute,
      confirmedAt: start + interval + minute,
      retireAt,
      sentRetireAt: retireAt,
      pendingNodeIds: ['id-g2'],
    }),
    member(2, 'ACTIVE', {
      createdAt: start + minute,
      publishedAt: start + 2 * minute,
      activatedAt: start + interval + minute,
    }),
    member(3, 'STAGED', { createdAt: start + interval + minute }),
  ];
  const now = start + interval + hour;
  const away = node('g2', { connected: false, appliedRevision: 9 });
  const facts = ring({ now, members, nodes: [node('g1'), away] });

  test('plans as if every outlet delivered now', () => {
    const outlet = { name: 'gateway', nodeName: 'g1', isFailing: true };
    const outlets = [node('delivery', { outlet, appliedRevision: 0, appliedAt: null })];
    expect(texts({ ...facts, outlets }, 1)).toEqual(texts(facts, 1));
  });

  test('has past transitions, and plans as if every node confirmed now', () => {
    expect(texts(facts, 1)).toEqual([
      'past 0 1 k1 null STAGED CREATED',
      'past 1 1 k1 STAGED NEXT CONFIRMED',
      'past 1 1 k1 NEXT ACTIVE FIRST',
      'past 1 2 k2 null STAGED CREATED',
      'past 2 2 k2 STAGED NEXT CONFIRMED',
      `past ${at(interval) + 1} 1 k1 ACTIVE RETIRING REPLACED`,
      `past ${at(interval) + 1} 2 k2 NEXT ACTIVE null`,
      `past ${at(interval) + 1} 3 k3 null STAGED CREATED`,
      `planned ${at(interval + hour)} 3 k3 STAGED NEXT CONFIRMED`,
      `planned ${at(interval + 2 * hour)} 1 k1 RETIRING RETIRED EXPIRED`,
      `planned ${at(2 * interval) + 1} 2 k2 ACTIVE RETIRING REPLACED`,
      `planned ${at(2 * interval) + 1} 3 k3 NEXT ACTIVE INTERVAL`,
      `planned ${at(2 * interval) + 1} 4 null null STAGED CREATED`,
      `planned ${at(2 * interval) + 1} 4 null STAGED NEXT CONFIRMED`,
      `planned ${at(2 * interval + hour) + 2} 2 k2 RETIRING RETIRED EXPIRED`,
    ]);
  });

  test('plans as if every outlet, and every node of an environment that left the ring, confirmed now', () => {
    const former = node('g3', { connected: false, appliedRevision: 9, leftRevision: 10 });
    const outlet = { name: 'gateway', nodeName: 'g1', isFailing: true };
    const failing = node('id-of-it', { appliedRevision: 9, outlet });
    const [old, ...others] = members;
    const waiting = { ...facts, members: [{ ...old, pendingNodeIds: [failing.id, former.id] }, ...others] };
    expect(texts({ ...waiting, leftNodes: [former], outlets: [failing] } as RingFacts, 1)).toEqual(
      texts(facts, 1),
    );
  });

  test('is a dry run with another policy', () => {
    const policy = { ...facts.policy, rotationIntervalMs: 30 * day };
    const rows = timelineOf({ ...facts, policy }, { rotations: 1 }).filter(({ planned }) => planned);
    expect(rows.find(({ to }) => to === 'ACTIVE')?.at).toBe(start + interval + minute + 30 * day);
  });

  test('waits for caches before a rotation by hand', () => {
    const rows = timelineOf({ ...facts, rotateRequestedAt: now }, { rotations: 1 }).filter(
      ({ planned }) => planned,
    );
    const activation = rows.find(({ to }) => to === 'ACTIVE');
    expect(activation).toMatchObject({ at: now + defaultDelay, version: 3, cause: 'REQUESTED' });
  });

  test('has only retirements while the ring is held', () => {
    const rows = timelineOf({ ...facts, heldBecause: 'REQUESTED' }).filter(({ planned }) => planned);
    expect(rows.map(({ to }) => to)).toEqual(['NEXT', 'RETIRED']);
  });

  test('has the rollback, the revocation and the withdrawal of the past', () => {
    const past = ring({
      now: start + 10 * hour,
      members: [
        member(1, 'ACTIVE', { publishedAt: start, activatedAt: start + 3 * hour }),
        member(2, 'REVOKED', {
          publishedAt: start,
          activatedAt: start + 2 * hour,
          revokedAt: start + 4 * hour,
          hasSigned: true,
        }),
        member(3, 'RETIRED', { publishedAt: start, retiredAt: start + 5 * hour, erased: true }),
        member(4, 'NEXT', { publishedAt: start }),
      ],
      nodes: [],
    });
    const rows = texts(past).filter((text) => text.startsWith('past') && !/ 0 \d k/.test(text));
    expect(rows).toEqual([
      'past 120 2 k2 NEXT ACTIVE null',
      'past 180 1 k1 RETIRING ACTIVE ROLLBACK',
      'past 180 2 k2 ACTIVE RETIRING REPLACED',
      'past 240 2 k2 RETIRING REVOKED REVOKED',
      'past 300 3 k3 NEXT RETIRED WITHDRAWN',
    ]);
  });

  test('has the recorded cause of each activation, and those before the last one', () => {
    const past = ring({
      now: start + 10 * hour,
      members: [
        member(1, 'ACTIVE', { publishedAt: start, activatedAt: start + 3 * hour }),
        member(2, 'RETIRING', { publishedAt: start, activatedAt: start + 2 * hour }),
        member(3, 'NEXT', { publishedAt: start }),
      ],
      nodes: [],
    });
    const recorded: readonly RecordedTransition[] = [
      { version: 1, at: start + hour, from: 'NEXT', to: 'ACTIVE', cause: 'FIRST' },
      { version: 1, at: start + 2 * hour, from: 'ACTIVE', to: 'RETIRING', cause: 'REPLACED' },
      { version: 2, at: start + 2 * hour + 1, from: 'NEXT', to: 'ACTIVE', cause: 'FORCED' },
      { version: 2, at: start + 3 * hour + 1, from: 'ACTIVE', to: 'RETIRING', cause: 'REPLACED' },
      { version: 1, at: start + 3 * hour + 1, from: 'RETIRING', to: 'ACTIVE', cause: 'ROLLBACK' },
    ];
    const rows = texts(past, 0, recorded).filter((text) => text.startsWith('past') && !/ 0 \d k/.test(text));
    expect(rows).toEqual([
      'past 60 1 k1 NEXT ACTIVE FIRST',
      'past 120 1 k1 ACTIVE RETIRING REPLACED',
      'past 120 2 k2 NEXT ACTIVE FORCED',
      'past 180 1 k1 RETIRING ACTIVE ROLLBACK',
      'past 180 2 k2 ACTIVE RETIRING REPLACED',
    ]);
  });

  test('begins with the adoption of its first key', () => {
    const past = ring({
      now: start + hour,
      members: [
        member(1, 'ACTIVE', { createdAt: start - 90 * day, publishedAt: start, activatedAt: start }),
        member(2, 'NEXT', { publishedAt: start }),
      ],
      nodes: [],
    });
    const recorded: readonly RecordedTransition[] = [
      { version: 1, at: start + 1, from: null, to: 'ACTIVE', cause: 'ADOPTED' },
    ];
    expect(texts(past, 0, recorded)[0]).toBe('past 0 1 k1 null ACTIVE ADOPTED');
  });

  test('of intervals of a minute ends', () => {
    const policy = {
      ...facts.policy,
      rotationIntervalMs: minute,
      verifierCacheTimeMs: 0,
      clockSkewMs: 0,
      maxTokenLifetimeMs: 4 * minute,
    };
    const rows = timelineOf(ring({ policy, cachesMs: 0 }), { rotations: 1000 });
    expect(rows.length).toBeGreaterThan(400);
    expect(rows.length).toBeLessThan(510);
  });
});
