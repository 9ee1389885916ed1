import { createSecretKey, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { aeadOverheadBytes, openBytes, sealBytes } from '../../src/sealing/aead.ts';

const key = randomBytes(32);
const aad = Buffer.from('place');
const plaintext = Buffer.from('the private members');
const unopened = { code: 'internal_error', message: 'An unexpected error occurred' };

test('what was sealed opens again, empty and large values too, under a Buffer or a KeyObject', () => {
  for (const value of [plaintext, Buffer.alloc(0), randomBytes(1_000_000)]) {
    const sealed = sealBytes(key, value, aad);
    expect(sealed).toHaveLength(value.length + aeadOverheadBytes);
    expect(openBytes(createSecretKey(key), sealed, aad).equals(value)).toBe(true);
  }
});

test('the same value is never sealed to the same bytes twice', () => {
  const seals = new Set(Array.from({ length: 100 }, () => sealBytes(key, plaintext, aad).toString('hex')));
  expect(seals.size).toBe(100);
});

test('a sealed value shows nothing of the plaintext', () => {
  expect(sealBytes(key, plaintext, aad).includes('private')).toBe(false);
});

test('one bit flipped anywhere is refused', () => {
  const sealed = sealBytes(key, plaintext, aad);
  for (let bit = 0; bit < sealed.length * 8; bit += 1) {
    const flipped = Buffer.from(sealed);
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    expect(() => openBytes(key, flipped, aad), `bit ${bit}`).toThrow(expect.objectContaining(unopened));
  }
});

test('a value cut at either end, or with more at its end, is refused', () => {
  const sealed = sealBytes(key, plaintext, aad);
  for (let length = 0; length < sealed.length; length += 1) {
    expect(() => openBytes(key, sealed.subarray(0, length), aad)).toThrow(expect.objectContaining(unopened));
    expect(() => openBytes(key, sealed.subarray(sealed.length - length), aad)).toThrow(
      expect.objectContaining(unopened),
    );
  }
  const longer = Buffer.concat([sealed, Buffer.of(0)]);
  expect(() => openBytes(key, longer, aad)).toThrow(expect.objectContaining(unopened));
});

test('another key or other additional data do not open it', () => {
  const sealed = sealBytes(key, plaintext, aad);
  expect(() => openBytes(randomBytes(32), sealed, aad)).toThrow(expect.objectContaining(unopened));
  expect(() => openBytes(key, sealed, Buffer.from('placf'))).toThrow(expect.objectContaining(unopened));
  expect(() => openBytes(key, sealed, Buffer.alloc(0))).toThrow(expect.objectContaining(unopened));
});

test('a refusal holds nothing of the value', () => {
  const sealed = sealBytes(key, plaintext, aad);
  sealed[20] = (sealed[20] ?? 0) ^ 1;
  let refusal: unknown;
  try {
    openBytes(key, sealed, aad);
  } catch (error) {
    refusal = error;
  }
  expect(refusal).toMatchObject(unopened);
  expect(JSON.stringify(refusal, Object.getOwnPropertyNames(refusal))).not.toContain('private members');
});
