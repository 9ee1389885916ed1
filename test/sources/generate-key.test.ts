import { createPrivateKey, type JsonWebKey } from 'node:crypto';
import { expect, test } from 'vitest';
import { onBehalfOf } from '../../src/runtime/requester.ts';
import { generatePrivateKey } from '../../src/sources/generate-key.ts';

const rsa = (user: string, bits: number) => onBehalfOf(user, () => generatePrivateKey({ kty: 'RSA', bits }));

test('an RSA key has the size that was asked for and all of its members', async () => {
  const key = await rsa('a', 3072);
  expect(Object.keys(key).sort()).toEqual(['d', 'dp', 'dq', 'e', 'kty', 'n', 'p', 'q', 'qi']);
  const opened = createPrivateKey({ format: 'jwk', key: key as JsonWebKey });
  expect(opened.asymmetricKeyDetails).toEqual({ modulusLength: 3072, publicExponent: 65_537n });
});

test('an RSA key of another user is generated before those that one user queued', async () => {
  const order: string[] = [];
  const many = Array.from({ length: 12 }, () => rsa('a', 2048).then(() => order.push('a')));
  await rsa('b', 2048).then(() => order.push('b'));
  await Promise.all(many);
  expect(order.indexOf('b')).toBeLessThan(8);
  expect(order).toHaveLength(13);
});

test('more than 48 waiting RSA keys of one user are rejected, and those of others are not', async () => {
  const outcomes = await Promise.allSettled([
    ...Array.from({ length: 50 }, () => rsa('a', 512)),
    rsa('b', 512),
  ]);
  const rejected = outcomes.flatMap((outcome, index) => (outcome.status === 'rejected' ? [index] : []));
  expect(rejected).toEqual([49]);
  expect(outcomes[49]).toMatchObject({ reason: { code: 'rate_limit_exceeded', retryAfterSeconds: 5 } });
});
