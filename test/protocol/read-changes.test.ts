import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DeployedContent } from '../../src/protocol/content.ts';
import { readChanges } from '../../src/protocol/read-changes.ts';

const place = { id: '1', project: 'P', name: 'n' };
const contents: DeployedContent[] = [
  { ...place, kind: 'jwk', jwk: { kty: 'EC' }, notBefore: null, expires: 1 },
  { ...place, kind: 'certificate', alias: 'a', chain: ['AAAA'] },
  { ...place, kind: 'key', keyType: 'SECRET_KEY', algorithm: 'AES', alias: null, content: 'AAAA' },
  {
    ...place,
    kind: 'keystore',
    keystoreType: 'JKS',
    alias: null,
    file: 'AAAA',
    password: '',
    keyPassword: null,
  },
];
const read = (changes: unknown, from = 0, to = 100) => readChanges(JSON.stringify(changes), { from, to });

test('changes of every kind read as they were written, with what a later version adds', () => {
  const changes = [
    ...contents.map((put, index) => ({ revision: index + 1, put: { ...put, later: true } })),
    { revision: 9, gone: { kind: 'key', id: '2' } },
    { revision: 10, put: contents[0], since: 10 },
  ];
  expect(read(changes)).toEqual(changes);
  expect(read([])).toEqual([]);
});

describe('changes are refused', () => {
  test.each([
    ['that are no list', {}],
    ['that are no objects', [null]],
    ['without a revision', [{ put: contents[0] }]],
    ['at the revision before', [{ revision: 5, put: contents[0] }]],
    ['beyond the last revision', [{ revision: 11, put: contents[0] }]],
    ['out of order', [7, 6].map((revision) => ({ revision, put: contents[0] }))],
    ['at one revision', [7, 7].map((revision) => ({ revision, put: contents[0] }))],
    ['that do nothing', [{ revision: 6 }]],
    ['that put and remove', [{ revision: 6, put: contents[0], gone: { kind: 'jwk', id: '1' } }]],
    ['of an unknown kind', [{ revision: 6, put: { ...contents[0], kind: 'other' } }]],
    ...[0, 0.5, '6', null, 7].map((since): [string, unknown] => [
      `with since ${JSON.stringify(since)} at revision 6`,
      [{ revision: 6, put: contents[0], since }],
    ]),
    ['without an id', [{ revision: 6, gone: { kind: 'jwk' } }]],
  ])('%s', (_what, changes) => {
    expect(read(changes, 5, 10)).toHaveProperty('reason', expect.stringMatching(/\w/));
  });

  test('with any member missing or of another type, by the name of object and member', () => {
    for (const content of contents) {
      for (const member of Object.keys(content).filter((name) => !['kind', 'id'].includes(name))) {
        for (const value of [undefined, 0.5, { canary: 1 }]) {
          const found = read([{ revision: 1, put: { ...content, [member]: value } }]);
          expect(found).toMatchObject({ object: { kind: content.kind, id: '1' } });
          expect(found).toHaveProperty('reason', expect.stringContaining(member));
          expect(JSON.stringify(found)).not.toContain('canary');
        }
      }
    }
  });

  test.each(['.', '..', '', 'a/b', 'a\\b', 'a\u0000', 'a\nb', 'x'.repeat(513)])(
    'with the project %j',
    (project) => {
      expect(read([{ revision: 1, put: { ...contents[0], project } }])).toHaveProperty(
        'reason',
        'jwk: project is not a name',
      );
    },
  );

  test('beyond the revisions of their message, and not at its last one', () => {
    const at = (revision: number) =>
      readChanges(JSON.stringify([{ revision, gone: { kind: 'jwk', id: 'a' } }]), { from: 9, to: 10 });
    expect(at(10)).toEqual([{ revision: 10, gone: { kind: 'jwk', id: 'a' } }]);
    for (const revision of [9, 11]) expect(at(revision)).toHaveProperty('reason');
  });

  test('whatever they are, by a reason and never by an error', () => {
    const anything = fc.oneof(fc.string(), fc.json());
    fc.assert(
      fc.property(anything, (text) => {
        const found = readChanges(text, { from: 0, to: 10 });
        return 'reason' in found || found.length === 0;
      }),
    );
  });
});
