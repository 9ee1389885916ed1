import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  longestFromManager,
  longestFromNode,
  readFromManager,
  readFromNode,
} from '../../src/protocol/read-message.ts';

const hello = {
  type: 'hello',
  protocol: 1,
  name: 'node-1',
  version: '1.0.0',
  environmentId: null,
  revision: 0,
  digest: '0'.repeat(64),
  publicKey: 'A'.repeat(43),
};
const applied = { type: 'applied', revision: 7, digest: 'ab'.repeat(32) };
const refused = { type: 'refused', revision: 7, reason: 'digest differs', object: { kind: 'jwk', id: '1' } };
const welcome = {
  type: 'welcome',
  protocol: 1,
  environmentId: 'e1',
  environmentName: 'production',
  publicKey: '_-'.repeat(21).concat('A'),
};
const state = {
  type: 'state',
  reset: false,
  from: 1,
  to: 2,
  final: true,
  digest: 'ab'.repeat(32),
  sealed: 'AAAA',
};

test.each([hello, { ...hello, environmentId: 'e1' }, applied, refused, { ...refused, object: undefined }])(
  'a message of a node reads as it was written: %o',
  (message) => {
    expect(readFromNode(JSON.stringify(message))).toEqual(message);
  },
);

test.each([welcome, state, { ...state, final: false, digest: null }])(
  'a message of the manager reads as it was written: %o',
  (message) => {
    expect(readFromManager(JSON.stringify(message))).toEqual(message);
  },
);

test('members that a later version adds are passed over', () => {
  expect(readFromNode(JSON.stringify({ ...applied, later: true }))).toEqual(applied);
});

describe('what is no message is told, never thrown:', () => {
  test.each([
    ['not JSON', '{"type":'],
    ['a list', '[]'],
    ['null', 'null'],
    ['no type', '{}'],
    ['an unknown type', '{"type":"goodbye"}'],
    ['a type of the language', '{"type":"constructor"}'],
    ["the other side's type", JSON.stringify(state)],
  ])('%s', (_what, text) => {
    expect(readFromNode(text)).toHaveProperty('problem', expect.stringMatching(/\w/));
  });

  test.each([
    [hello, 'protocol', [-1, 1.5, '1', 2 ** 53, undefined]],
    [hello, 'name', ['', 5, 'x'.repeat(1025), undefined]],
    [hello, 'environmentId', ['', 0, undefined]],
    [hello, 'digest', ['', 'AB'.repeat(32), '0'.repeat(63), null]],
    [hello, 'publicKey', ['A'.repeat(42), `${'A'.repeat(42)}=`, null]],
    [applied, 'revision', [-1, null, Number.MAX_VALUE]],
    [refused, 'reason', ['', null, 'x'.repeat(1025)]],
    [refused, 'object', [null, {}, { kind: 'other', id: '1' }, { kind: 'jwk', id: '' }]],
  ])('%o with another %s', (message, member, values) => {
    for (const value of values) {
      const found = readFromNode(JSON.stringify({ ...message, [member]: value }));
      expect(found).toHaveProperty('problem', expect.stringMatching(`^${member}: `));
    }
  });

  test.each([
    ['reset', 1],
    ['from', -1],
    ['to', '2'],
    ['final', null],
    ['digest', null],
    ['digest', 'x'],
    ['sealed', ''],
    ['sealed', {}],
  ])('a state with another %s: %o', (member, value) => {
    const found = readFromManager(JSON.stringify({ ...state, [member]: value }));
    expect(found).toHaveProperty('problem', expect.stringMatching(`^${member}: `));
  });

  test('a state that carries a digest without being final', () => {
    expect(readFromManager(JSON.stringify({ ...state, final: false }))).toHaveProperty('problem');
  });

  test('a message that is too long, without parsing it', () => {
    const text = JSON.stringify({ ...applied, padding: 'x'.repeat(longestFromNode) });
    expect(readFromNode(text)).toHaveProperty('problem', expect.stringMatching(/longer than/));
    expect(readFromManager(' '.repeat(longestFromManager + 1))).toHaveProperty('problem');
  });

  test('anything at all', () => {
    const anything = fc.oneof(
      fc.string(),
      fc.json(),
      fc.record({ type: fc.constantFrom('hello', 'state', 'applied') }).map((r) => JSON.stringify(r)),
    );
    fc.assert(
      fc.property(anything, (text) => {
        expect(readFromNode(text)).toHaveProperty('problem');
        expect(readFromManager(text)).toHaveProperty('problem');
      }),
    );
  });
});
