import { describe, expect, test } from 'vitest';
import { planSync } from '../../src/deployments/history/plan-sync.ts';
import type { Resume } from '../../src/protocol/messages.ts';

const digestOf = (byte: number) => Buffer.alloc(32, byte);

const head = {
  environmentId: 'e',
  revision: 100,
  digest: digestOf(1),
  compactionRevision: 10,
  lineage: 'first',
};

function judged(said: Partial<Resume>, known: { recordedRevision?: number; rows?: [number, number] } = {}) {
  const [delta, snapshot] = known.rows ?? [0, 0];
  const hello: Resume = {
    type: 'resume',
    time: 0,
    environmentId: 'e',
    revision: 50,
    digest: digestOf(2).toString('hex'),
    lineage: 'first',
    ...said,
  };
  const { recordedRevision = 0 } = known;
  return planSync(hello, { head, recordedRevision, rows: { delta, snapshot } });
}

const ofBefore = { lineage: undefined } as unknown as Partial<Resume>;

describe('a node that sends its hello', () => {
  test.each<[string, Partial<Resume>]>([
    ['is behind, and not below the floor', {}],
    ['has exactly what the manager has', { revision: 100, digest: digestOf(1).toString('hex') }],
    ['is of before there were lineages', ofBefore],
    ['is at the floor', { revision: 10 }],
  ])('and %s gets a delta', (_what, said) => {
    expect(judged(said)).toEqual({ start: 'delta' });
  });

  test.each<[string, Partial<Resume>]>([
    ['it has no state of this environment', { environmentId: null, revision: 0 }],
    ['it has no state of this environment', { environmentId: 'another', revision: 900 }],
    ['it follows an announced restore', { lineage: 'second', revision: 99 }],
    ['what it has is not whole', { incomplete: true, revision: 100 }],
    ['its digest differs', { ...ofBefore, revision: 100 }],
    ['it is too far behind', { revision: 9 }],
  ])('gets a snapshot because %s', (why, said) => {
    expect(judged(said)).toEqual({ start: 'snapshot', why });
  });

  test.each<[string, Partial<Resume>]>([
    ['has a later revision', { revision: 101 }],
    ['has a later revision, and is of before there were lineages', { ...ofBefore, revision: 101 }],
    ['has a later revision, whole or not', { revision: 101, incomplete: true }],
    ['has another state of the same revision', { revision: 100 }],
    ['has a later revision of another lineage', { revision: 101, lineage: 'second' }],
    ['has the same revision of another lineage', { revision: 100, lineage: 'second' }],
  ])('and %s is sent nothing', (_what, said) => {
    expect(judged(said)).toMatchObject({ start: 'reject' });
  });

  test('gets a snapshot if the delta is far larger, but only if its history is known', () => {
    const rows: [number, number] = [21, 10];
    expect(judged({}, { recordedRevision: 50, rows })).toMatchObject({ start: 'snapshot' });
    expect(judged({}, { recordedRevision: 49, rows })).toEqual({ start: 'delta' });
    expect(judged({}, { recordedRevision: 50, rows: [20, 10] })).toEqual({ start: 'delta' });
  });
});
