import { describe, expect, test } from 'vitest';
import { decide } from '../../../src/rings/schedule/decide.ts';
import { day, defaultDelay, member, minute, node, ring, second, start } from './support/facts.ts';

describe('a new ring', () => {
  test('stages its first member', () => {
    expect(decide(ring()).step).toEqual({ type: 'STAGE' });
  });

  test('activates its first member as soon as every node has it', () => {
    const staged = ring({
      members: [member(1, 'STAGED')],
      nodes: [node('g1', { appliedAt: start + second })],
    });
    const published = { type: 'PUBLISHED', version: 1, publishedAt: start + second, readyAt: start + second };
    expect(decide({ ...staged, now: start + minute }).step).toEqual(published);
    const next = member(1, 'NEXT', { publishedAt: start + second });
    expect(decide({ ...staged, now: start + minute, members: [next] }).step).toEqual({
      type: 'ACTIVATE',
      version: 1,
      cause: 'FIRST',
    });
  });

  test('is BLOCKED by a node that lacks the first member, and names it', () => {
    const facts = ring({ members: [member(1, 'STAGED')], nodes: [node('g1', { appliedRevision: 9 })] });
    const { step, state, waitingFor } = decide(facts);
    expect(step).toBeUndefined();
    expect(state).toBe('BLOCKED');
    expect(waitingFor).toEqual([
      { environmentName: 'gate', nodeName: 'g1', reason: 'NOT_CONFIRMED', lastSeenAt: start },
    ]);
  });
});

describe('a rotation', () => {
  const active = member(1, 'ACTIVE', { publishedAt: start, activatedAt: start });
  const next = member(2, 'NEXT', { publishedAt: start + minute });

  test('is due when the interval is over', () => {
    const facts = ring({ members: [active, next], nodes: [node('g1')] });
    expect(decide({ ...facts, now: start + 90 * day - 1 })).toMatchObject({
      step: undefined,
      state: 'STEADY',
      changesAt: start + 90 * day,
      nextRotationAt: start + 90 * day,
      waitingFor: [],
    });
    expect(decide({ ...facts, now: start + 90 * day }).step).toEqual({
      type: 'ACTIVATE',
      version: 2,
      cause: 'INTERVAL',
    });
  });

  test('by hand is due when verifiers know the next member', () => {
    const facts = ring({ members: [active, next], nodes: [node('g1')], rotateRequestedAt: start + minute });
    const readyAt = start + minute + defaultDelay;
    expect(decide({ ...facts, now: readyAt - 1 })).toMatchObject({
      step: undefined,
      state: 'ROTATING',
      activatesAt: readyAt,
      waitingFor: [{ reason: 'CACHES' }],
      changesAt: readyAt,
    });
    expect(decide({ ...facts, now: readyAt }).step).toEqual({
      type: 'ACTIVATE',
      version: 2,
      cause: 'REQUESTED',
    });
  });
});
