import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  longestFromManager,
  longestFromNode,
  protocolOfHello,
  readFromManager,
  readFromNode,
  readSealedFromManager,
  readSealedFromNode,
} from '../../src/protocol/read-message.ts';

const key = 'A'.repeat(43);
const signature = 'B'.repeat(86);
const hello = {
  type: 'hello',
  protocol: 2,
  environment: 'production',
  name: 'node-1',
  version: '1.0.0',
  ephemeralKey: key,
  nodeKey: key,
};
const nodeProof = { type: 'proof', signature, sealed: 'AAAA' };
const resume = { type: 'resume', environmentId: null, revision: 0, digest: '0'.repeat(64), time: 1 };
const applied = { type: 'applied', revision: 7, digest: 'ab'.repeat(32) };
const refused = { type: 'refused', revision: 7, reason: 'digest differs', object: { kind: 'jwk', id: '1' } };
const manyKeys = Array.from({ length: 257 }, () => ({ ringId: 'r1', kid: 'k1' }));
const identity = {
  type: 'identity',
  protocol: 2,
  ephemeralKey: '_-'.repeat(21).concat('A'),
  identityKey: key,
  formerKeys: [{ formerKey: key, signature }],
};
const welcome = { type: 'welcome', environmentId: 'e1', environmentName: 'production', privateKeys: true };
const state = {
  type: 'state',
  reset: false,
  from: 1,
  to: 2,
  final: true,
  digest: 'ab'.repeat(32),
  sealed: 'AAAA',
};

test.each([
  hello,
  { ...hello, tokenKey: key },
  nodeProof,
  { ...nodeProof, tokenSignature: signature },
  { ...nodeProof, tokenMac: key },
  { type: 'sealed', sealed: 'AAAA' },
])('a message of a node reads as it was written: %o', (message) => {
  expect(readFromNode(JSON.stringify(message))).toEqual(message);
});

test.each([
  resume,
  { ...resume, environmentId: 'e1', lineage: 'l', incomplete: true },
  { ...resume, serveLimitMs: 3_600_000, ephemeral: true, heartbeats: true },
  applied,
  refused,
  { ...refused, object: undefined },
  { type: 'clock', time: 7 },
  { type: 'goodbye' },
  { type: 'revoked-kids', keys: [{ ringId: 'r1', kid: 'k1' }] },
])('what a node sealed reads as it was written: %o', (message) => {
  expect(readSealedFromNode(JSON.stringify(message))).toEqual(message);
});

test.each([identity, { type: 'proof', signature }, state, { ...state, final: false, digest: null }])(
  'a message of the manager reads as it was written: %o',
  (message) => {
    expect(readFromManager(JSON.stringify(message))).toEqual(message);
  },
);

test.each([
  welcome,
  { ...welcome, lineage: 'l', heartbeats: true },
  { type: 'ended', code: 4412, reason: 'why' },
  { type: 'heard', time: 7, lastSeenAt: 8, managerTime: 9 },
  { type: 'heard', time: 7, lastSeenAt: 8, managerTime: 9, answeredAfterMs: 10, nodes: 3 },
  { type: 'revoked', keys: [{ ringId: 'r1', kid: 'k1' }] },
])('what the manager sealed reads as it was written: %o', (message) => {
  expect(readSealedFromManager(JSON.stringify(message))).toEqual(message);
});

test('members that a later version adds are passed over', () => {
  expect(readSealedFromNode(JSON.stringify({ ...applied, later: true }))).toEqual(applied);
});

test('what is to be sealed is no message by itself, and the other way round', () => {
  for (const message of [resume, applied, refused]) {
    expect(readFromNode(JSON.stringify(message))).toHaveProperty('problem');
  }
  expect(readSealedFromNode(JSON.stringify(hello))).toHaveProperty('problem');
  expect(readFromManager(JSON.stringify(welcome))).toHaveProperty('problem');
  expect(readSealedFromManager(JSON.stringify(identity))).toHaveProperty('problem');
});

test('texts of a node keep no character that acts on a terminal', () => {
  const acting = 'a\u001b[2Jb\u0007\u009b1mc\u202ed\n';
  expect(readFromNode(JSON.stringify({ ...hello, version: acting }))).toMatchObject({
    version: 'a\ufffd[2Jb\ufffd\ufffd1mc\ufffdd\ufffd',
  });
  const read = readSealedFromNode(JSON.stringify({ ...refused, reason: acting }));
  expect(JSON.stringify(read)).not.toMatch(/\\u001b|\\n|\u009b|\u202e/);
  const clean = 'a\ufffd[2Jb\ufffd\ufffd1mc\ufffdd\ufffd';
  expect(readSealedFromNode(JSON.stringify({ type: 'outlet-tested', test: 1, error: acting }))).toMatchObject(
    {
      error: clean,
    },
  );
  const delivery = {
    outletId: 'o',
    state: 'FAILING',
    revision: 1,
    digest: null,
    deliveredAt: null,
    attempts: 1,
    lastError: acting,
  };
  const outlets = { type: 'outlets', deliveries: [delivery, { ...delivery, lastError: null }] };
  expect(readSealedFromNode(JSON.stringify(outlets))).toMatchObject({
    deliveries: [
      { outletId: 'o', lastError: clean },
      { outletId: 'o', lastError: null },
    ],
  });
});

test('the version of the protocol is read of a hello of the first release, and of nothing else', () => {
  const ofFirstRelease = { type: 'hello', protocol: 1, name: 'n', version: '0.1.0', publicKey: key };
  expect(protocolOfHello(JSON.stringify(ofFirstRelease))).toBe(1);
  expect(protocolOfHello(JSON.stringify(hello))).toBe(2);
  for (const text of ['', '[]', '{"type":"proof","protocol":1}', '{"type":"hello","protocol":"1"}']) {
    expect(protocolOfHello(text)).toBeUndefined();
  }
});

describe('an invalid message is returned as a problem, never thrown:', () => {
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
    [hello, 'environment', ['', 0, undefined]],
    [hello, 'ephemeralKey', ['A'.repeat(42), `${'A'.repeat(42)}=`, null]],
    [hello, 'nodeKey', ['A'.repeat(44), undefined]],
    [hello, 'tokenKey', ['', null]],
    [nodeProof, 'signature', ['A'.repeat(85), null, undefined]],
    [nodeProof, 'tokenSignature', ['A'.repeat(87), null]],
    [nodeProof, 'tokenMac', ['A', null]],
  ])('%o with another %s', (message, member, values) => {
    for (const value of values) {
      const found = readFromNode(JSON.stringify({ ...message, [member]: value }));
      expect(found).toHaveProperty('problem', expect.stringMatching(`^${member}: `));
    }
  });

  test.each([
    [resume, 'environmentId', ['', 0, undefined]],
    [resume, 'digest', ['', 'AB'.repeat(32), '0'.repeat(63), null]],
    [resume, 'revision', [-1, null]],
    [resume, 'time', [1.5, '1', undefined]],
    [applied, 'revision', [-1, null, Number.MAX_VALUE]],
    [refused, 'reason', ['', null, 'x'.repeat(1025)]],
    [refused, 'object', [null, {}, { kind: 'other', id: '1' }, { kind: 'jwk', id: '' }]],
    [resume, 'serveLimitMs', [-1, 1.5, null]],
    [resume, 'ephemeral', ['true', null]],
    [{ type: 'revoked-kids' }, 'keys', [undefined, [null], [{ ringId: 'r1' }], manyKeys]],
  ])('sealed %o with another %s', (message, member, values) => {
    for (const value of values) {
      const found = readSealedFromNode(JSON.stringify({ ...message, [member]: value }));
      expect(found).toHaveProperty('problem', expect.stringMatching(`^${member}: `));
    }
  });

  test.each([
    [[{ formerKey: key }]],
    [[{ formerKey: key, signature: 'x' }]],
    [[null]],
    [{}],
    [Array.from({ length: 65 }, () => ({ formerKey: key, signature }))],
  ])('an identity with other formerKeys', (formerKeys) => {
    const found = readFromManager(JSON.stringify({ ...identity, formerKeys }));
    expect(found).toHaveProperty('problem', expect.stringMatching(/^formerKeys: /));
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
      fc.record({ type: fc.constantFrom('hello', 'state', 'proof') }).map((r) => JSON.stringify(r)),
    );
    fc.assert(
      fc.property(anything, (text) => {
        expect(readFromNode(text)).toHaveProperty('problem');
        expect(readFromManager(text)).toHaveProperty('problem');
      }),
    );
  });
});
