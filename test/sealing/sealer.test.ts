import { randomBytes, randomUUID } from 'node:crypto';
import { assert, property, record, string } from 'fast-check';
import { expect, test } from 'vitest';
import { bindingAad } from '../../src/sealing/binding-aad.ts';
import type { SealBinding } from '../../src/sealing/sealed.ts';
import { createSealer, type DataKey } from '../../src/sealing/sealer.ts';

const dataKey = (): DataKey => ({ id: randomUUID(), key: randomBytes(32) });
const first = dataKey();
const second = dataKey();
const sealer = createSealer([first, second], first.id);
const binding: SealBinding = { purpose: 'jwk', table: 'jwks', id: 'row-1', member: 'private_members' };
const plaintext = Buffer.from('{"d":"private"}');
const unopened = expect.objectContaining({
  code: 'internal_error',
  message: 'An unexpected error occurred',
});

test('what was sealed opens again in its own place', () => {
  const sealed = sealer.seal(binding, plaintext);
  expect(sealer.openSecret({ ...binding }, sealed)).toEqual(plaintext);
  expect(sealer.openSecret(binding, new Uint8Array(sealed))).toEqual(plaintext);
  expect(sealed.includes('private')).toBe(false);
});

test('a seal moved to another row, member, table or purpose is refused', () => {
  const sealed = sealer.seal(binding, plaintext);
  for (const part of ['purpose', 'table', 'id', 'member'] as const) {
    const elsewhere = { ...binding, [part]: `${binding[part]}2` };
    expect(() => sealer.openSecret(elsewhere, sealed), part).toThrow(unopened);
  }
});

test('one bit flipped anywhere, the name of the data key included, is refused', () => {
  const sealed = sealer.seal(binding, plaintext);
  for (let bit = 0; bit < sealed.length * 8; bit += 1) {
    const flipped = Buffer.from(sealed);
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    expect(() => sealer.openSecret(binding, flipped), `bit ${bit}`).toThrow(unopened);
  }
});

test('a truncated seal is refused at every length', () => {
  const sealed = sealer.seal(binding, plaintext);
  for (let length = 0; length < sealed.length; length += 1) {
    expect(() => sealer.openSecret(binding, sealed.subarray(0, length))).toThrow(unopened);
  }
});

test('a seal that names another data key than its own is refused', () => {
  const sealed = Buffer.from(sealer.seal(binding, plaintext));
  Buffer.from(second.id.replaceAll('-', ''), 'hex').copy(sealed, 1);
  expect(() => sealer.openSecret(binding, sealed)).toThrow(unopened);
});

test('a data key swapped for another under the same name opens nothing', () => {
  const sealed = sealer.seal(binding, plaintext);
  const swapped = createSealer([{ id: first.id, key: second.key }], first.id);
  expect(() => swapped.openSecret(binding, sealed)).toThrow(unopened);
});

test('a data key that is unknown opens nothing', () => {
  const sealed = sealer.seal(binding, plaintext);
  expect(() => createSealer([second], second.id).openSecret(binding, sealed)).toThrow(unopened);
});

test('values sealed under an older data key stay readable once another is active', () => {
  const sealed = sealer.seal(binding, plaintext);
  const later = createSealer([first, second], second.id);
  expect(later.openSecret(binding, sealed)).toEqual(plaintext);
  const newer = later.seal(binding, plaintext);
  expect(newer.subarray(1, 17).toString('hex')).toBe(second.id.replaceAll('-', ''));
});

test('a seal that does not open again is never handed out', () => {
  let asked = 0;
  const shifting = {
    ...binding,
    get id() {
      asked += 1;
      return `row-${asked}`;
    },
  };
  expect(() => sealer.seal(shifting, plaintext)).toThrow(unopened);
});

test('a sealer without its active key, or with a key of another length, is not made', () => {
  expect(() => createSealer([first], second.id)).toThrow();
  expect(() => createSealer([{ id: first.id, key: randomBytes(16) }], first.id)).toThrow();
});

test('no two bindings share their additional data', () => {
  const part = string({ maxLength: 3, unit: 'binary' });
  const anyBinding = record({ purpose: part, table: part, id: part, member: part });
  assert(
    property(anyBinding, anyBinding, (a, b) => {
      const isSame = a.purpose === b.purpose && a.table === b.table && a.id === b.id && a.member === b.member;
      return bindingAad(a).equals(bindingAad(b)) === isSame;
    }),
    { numRuns: 2000 },
  );
  const shifted = bindingAad({ purpose: 'jwkj', table: 'wks', id: 'row-1', member: 'private_members' });
  expect(bindingAad(binding).equals(shifted)).toBe(false);
});
