import { expect, test } from 'vitest';
import { newId } from '../src/new-id.ts';

test('an id is a UUIDv7 of its time', () => {
  const id = newId(0x0123456789ab);
  expect(id).toMatch(/^01234567-89ab-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(newId(5)).toMatch(/^00000000-0005-7/);
});

test('no two ids of the same time are the same', () => {
  const ids = Array.from({ length: 1_000 }, () => newId(7));
  expect(new Set(ids).size).toBe(1_000);
});
