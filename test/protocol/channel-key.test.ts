import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { agreeChannelKey, openState, sealState } from '../../src/protocol/channel-key.ts';
import type { State } from '../../src/protocol/messages.ts';

function pair() {
  const { privateKey, publicKey } = generateKeyPairSync('x25519');
  return { privateKey, ownPublic: Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url') };
}

function channel() {
  const [manager, node] = [pair(), pair()];
  return {
    manager: agreeChannelKey(manager.privateKey, { ...manager, peerPublic: node.ownPublic, role: 'manager' }),
    node: agreeChannelKey(node.privateKey, { ...node, peerPublic: manager.ownPublic, role: 'node' }),
  };
}

const header = { type: 'state', reset: false, from: 3, to: 5, final: true, digest: 'ab'.repeat(32) } as const;
const changes = JSON.stringify([{ revision: 5, gone: { kind: 'jwk', id: 'ключ' } }]);

describe('the key of a connection', () => {
  test('is the same on both sides, 32 bytes, and another for every connection', () => {
    const [first, second] = [channel(), channel()];
    expect(first.manager.equals(first.node)).toBe(true);
    expect(first.manager.symmetricKeySize).toBe(32);
    expect(first.manager.equals(second.manager)).toBe(false);
  });

  test('binds both public keys in one order: two sides that think they have one role do not agree', () => {
    const [a, b] = [pair(), pair()];
    const one = agreeChannelKey(a.privateKey, { ...a, peerPublic: b.ownPublic, role: 'node' });
    const other = agreeChannelKey(b.privateKey, { ...b, peerPublic: a.ownPublic, role: 'node' });
    expect(one.equals(other)).toBe(false);
  });

  // The points of small order on Curve25519: with any of them everybody knows the shared secret, all zeros.
  test.each([
    '0000000000000000000000000000000000000000000000000000000000000000',
    '0100000000000000000000000000000000000000000000000000000000000000',
    'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
    '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  ])('is never agreed with the low-order point %s', (point) => {
    const own = pair();
    const ends = { ...own, peerPublic: Buffer.from(point, 'hex'), role: 'manager' } as const;
    expect(() => agreeChannelKey(own.privateKey, ends)).toThrow(
      expect.objectContaining({ code: 'bad_request' }),
    );
  });

  test.each([0, 31, 33])('is never agreed with a public key of %i bytes', (length) => {
    const own = pair();
    const ends = { ...own, peerPublic: Buffer.alloc(length, 9), role: 'node' } as const;
    expect(() => agreeChannelKey(own.privateKey, ends)).toThrow(/32 bytes/);
  });
});

describe('a sealed state', () => {
  test('opens on the other side as it was, and shows nothing on its way', () => {
    const { manager, node } = channel();
    const state = sealState(manager, 1, { header, changes });
    expect(state).toMatchObject(header);
    expect(openState(node, 1, state)).toBe(changes);
    expect(JSON.stringify(state)).not.toContain('ключ');
  });

  test.each<[string, (state: State) => State]>([
    ['reset', (state) => ({ ...state, reset: true })],
    ['from', (state) => ({ ...state, from: 4 })],
    ['to', (state) => ({ ...state, to: 6 })],
    ['final', (state) => ({ ...state, final: false })],
    ['digest', (state) => ({ ...state, digest: 'ac'.repeat(32) })],
    ['digest', (state) => ({ ...state, digest: null })],
    ['sealed', (state) => ({ ...state, sealed: '' })],
    ['sealed', (state) => ({ ...state, sealed: `AAAA${state.sealed}` })],
  ])('does not open once its %s was altered', (_member, alter) => {
    const { manager, node } = channel();
    const state = alter(sealState(manager, 1, { header, changes }));
    expect(() => openState(node, 1, state)).toThrow(expect.objectContaining({ code: 'bad_request' }));
  });

  test('does not open with any single bit flipped, nor cut short', () => {
    const { manager, node } = channel();
    const state = sealState(manager, 1, { header, changes: '[]' });
    const bytes = Buffer.from(state.sealed, 'base64');
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const flipped = Buffer.from(bytes);
      flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(() => openState(node, 1, { ...state, sealed: flipped.toString('base64') })).toThrow();
    }
    for (let length = 0; length < bytes.length; length += 1) {
      const cut = bytes.subarray(0, length).toString('base64');
      expect(() => openState(node, 1, { ...state, sealed: cut })).toThrow();
    }
  });

  test('is never under a nonce that was used before: one text seals to other bytes each time', () => {
    const { manager } = channel();
    const heads = [1, 2, 3, 2 ** 32 + 1].map((counter) =>
      sealState(manager, counter, { header, changes }).sealed.slice(0, 20),
    );
    expect(new Set(heads).size).toBe(heads.length);
  });

  test('opens in its place only: not repeated, not out of order, not in another connection', () => {
    const { manager, node } = channel();
    const state = sealState(manager, 2, { header, changes });
    for (const counter of [1, 3]) expect(() => openState(node, counter, state)).toThrow();
    expect(() => openState(channel().node, 2, state)).toThrow();
  });
});
