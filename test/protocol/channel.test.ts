import { createSecretKey, randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { OpeningEnd, SealingEnd } from '../../src/protocol/channel.ts';
import type { State } from '../../src/protocol/messages.ts';

function direction() {
  const key = createSecretKey(randomBytes(32));
  return { sealing: new SealingEnd(key), opening: () => new OpeningEnd(key) };
}

const header = { type: 'state', reset: false, from: 3, to: 5, final: true, digest: 'ab'.repeat(32) } as const;
const changes = JSON.stringify([{ revision: 5, gone: { kind: 'jwk', id: 'ключ' } }]);

describe('a sealed state', () => {
  test('opens on the other side as it was, and shows nothing on its way', () => {
    const { sealing, opening } = direction();
    const state = sealing.sealState({ header, changes });
    expect(state).toMatchObject(header);
    expect(opening().openState(state)).toBe(changes);
    expect(JSON.stringify(state)).not.toContain('ключ');
  });

  test.each<[string, (state: State) => State]>([
    ['reset', (state) => ({ ...state, reset: true })],
    ['from', (state) => ({ ...state, from: 4 })],
    ['to', (state) => ({ ...state, to: 6 })],
    ['final', (state) => ({ ...state, final: false })],
    ['digest', (state) => ({ ...state, digest: 'ac'.repeat(32) })],
    ['digest', (state) => ({ ...state, digest: null })],
    ['incomplete', (state) => ({ ...state, incomplete: true })],
    ['sealed', (state) => ({ ...state, sealed: '' })],
    ['sealed', (state) => ({ ...state, sealed: `AAAA${state.sealed}` })],
  ])('does not open once its %s was altered', (_member, alter) => {
    const { sealing, opening } = direction();
    const state = alter(sealing.sealState({ header, changes }));
    expect(() => opening().openState(state)).toThrow(expect.objectContaining({ code: 'bad_request' }));
  });

  test('does not open as complete where it was sealed as incomplete', () => {
    const { sealing, opening } = direction();
    const { incomplete, ...state } = sealing.sealState({ header: { ...header, incomplete: true }, changes });
    expect(incomplete).toBe(true);
    expect(() => opening().openState(state)).toThrow();
  });

  test('does not open with any single bit flipped, nor cut short', () => {
    const { sealing, opening } = direction();
    const state = sealing.sealState({ header, changes: '[]' });
    const bytes = Buffer.from(state.sealed, 'base64');
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const flipped = Buffer.from(bytes);
      flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(() => opening().openState({ ...state, sealed: flipped.toString('base64') })).toThrow();
    }
    for (let length = 0; length < bytes.length; length += 1) {
      const cut = bytes.subarray(0, length).toString('base64');
      expect(() => opening().openState({ ...state, sealed: cut })).toThrow();
    }
  });
});

describe('a message of one direction', () => {
  test('is never under a nonce that was used before: one text seals to other bytes each time', () => {
    const { sealing } = direction();
    const sealed = Array.from({ length: 100 }, () => sealing.seal('{}').sealed);
    expect(new Set(sealed).size).toBe(sealed.length);
  });

  test('opens in its place only: not repeated, not out of order, not in another connection', () => {
    const { sealing, opening } = direction();
    const [first, second] = [sealing.seal('"first"'), sealing.seal('"second"')];
    const [end, inOrder] = [opening(), opening()];
    expect([inOrder.open(first), inOrder.open(second)]).toEqual(['"first"', '"second"']);
    expect(end.open(first)).toBe('"first"');
    expect(() => end.open(first)).toThrow();
    expect(() => opening().open(second)).toThrow();
    expect(() => direction().opening().open(first)).toThrow();
  });

  test('counts together with states, and neither opens as the other', () => {
    const { sealing, opening } = direction();
    const welcome = sealing.seal('"welcome"');
    const state = sealing.sealState({ header, changes });
    const end = opening();
    expect(end.open(welcome)).toBe('"welcome"');
    expect(end.openState(state)).toBe(changes);
    expect(() => opening().openState({ ...header, sealed: welcome.sealed })).toThrow();
  });
});
