import { argon2Sync } from 'node:crypto';
import { expect, test } from 'vitest';
import { checkNewPassword, createPasswordHasher } from '../../src/access/passwords.ts';
import { onBehalfOf } from '../../src/runtime/requester.ts';

test('a password matches its own hash and no other does', async () => {
  const hasher = createPasswordHasher();
  const hash = await hasher.hash('correct horse');
  expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  expect(await hasher.matches('correct horse', hash)).toBe(true);
  expect(await hasher.matches('correct horsf', hash)).toBe(false);
  expect(await hasher.matches('', hash)).toBe(false);
  expect(await hasher.hash('correct horse')).not.toBe(hash);
});

test('a user that does not exist matches no password', async () => {
  expect(await createPasswordHasher().matches('anything', undefined)).toBe(false);
});

test('a hash with other cost parameters still matches', async () => {
  const nonce = Buffer.alloc(16, 7);
  const cost = { memory: 64, passes: 3, parallelism: 2 };
  const tag = argon2Sync('argon2id', { ...cost, nonce, message: 'older', tagLength: 32 });
  const base64 = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '');
  const stored = `$argon2id$v=19$m=64,t=3,p=2$${base64(nonce)}$${base64(tag)}`;
  expect(await createPasswordHasher().matches('older', stored)).toBe(true);
  expect(await createPasswordHasher().matches('other', stored)).toBe(false);
});

test('an accented letter is the same however it was typed', async () => {
  const hasher = createPasswordHasher();
  expect(await hasher.matches('cafe\u0301 cafe\u0301', await hasher.hash('café café'))).toBe(true);
});

test.each(['', 'a', '1234567', 'a'.repeat(1025), '12345678\ud800'])(
  'the password %j is refused',
  (password) => {
    expect(() => checkNewPassword(password)).toThrow('Password must have 8 to 1024 characters!');
  },
);

test('a hasher rejects passwords beyond its limits of running and waiting ones', async () => {
  const hasher = createPasswordHasher({ inFlight: 1, waiting: 2 });
  const order: number[] = [];
  const started = [1, 2, 3].map((number) => hasher.matches('x', undefined, () => order.push(number)));
  await expect(hasher.matches('x', undefined)).rejects.toMatchObject({
    code: 'rate_limit_exceeded',
    retryAfterSeconds: 1,
  });
  await Promise.all(started);
  expect(order).toEqual([1, 2, 3]);
  await expect(hasher.matches('x', undefined)).resolves.toBe(false);
});

test('a password from another address does not wait for those that one address queued', async () => {
  const hasher = createPasswordHasher({ inFlight: 1 });
  const order: string[] = [];
  const ask = (address: string) =>
    onBehalfOf(address, () => hasher.matches('x', undefined, () => order.push(address)));
  await Promise.all([ask('a'), ask('a'), ask('a'), ask('b')]);
  expect(order).toEqual(['a', 'b', 'a', 'a']);
});

test('a turn that fails starts the next one', async () => {
  const hasher = createPasswordHasher({ inFlight: 1 });
  const failing = hasher.matches('x', undefined, () => {
    throw new Error('stop');
  });
  const next = hasher.matches('x', undefined);
  await expect(failing).rejects.toThrow('stop');
  await expect(next).resolves.toBe(false);
});
