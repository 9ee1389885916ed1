// Standard Webhooks 1.0: secrets and signatures, checked with the example of the specification and with its library.

import { createHmac, timingSafeEqual } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import { readWebhookSecret, signedHeaders } from '../../src/webhooks/signature.ts';

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const other = `whsec_${Buffer.alloc(24, 9).toString('base64')}`;
const keyOf = (text: string) => readWebhookSecret(text) as Buffer;
const message = {
  id: '01936c2e-7b1a-7c64-9d1e-2f0a5b8c4d3e',
  at: new Date(),
  body: '{"type":"jwk.created"}',
};

test('a message is signed over its id, time and body', () => {
  // The example of the specification's reference libraries.
  const headers = signedHeaders(
    { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', at: new Date(1_614_265_330_000), body: '{"test": 2432232314}' },
    [Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64')],
  );
  expect(headers).toEqual({
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});

test('each secret signs, the newest first', () => {
  const { 'webhook-signature': signature = '', ...rest } = signedHeaders(message, [
    keyOf(secret),
    keyOf(other),
  ]);
  const content = `${rest['webhook-id']}.${rest['webhook-timestamp']}.${message.body}`;
  const expected = [32, 24].map((length, index) => {
    const key = Buffer.alloc(length, index === 0 ? 7 : 9);
    return Buffer.from(createHmac('sha256', key).update(content).digest('base64'));
  });
  const given = signature.split(' ').map((one) => Buffer.from(one.replace(/^v1,/, '')));
  expect(given.map((one, index) => timingSafeEqual(one, expected[index] as Buffer))).toEqual([true, true]);
});

describe('the standardwebhooks package', () => {
  test.each([
    ['the secret', secret],
    ['the secret that it replaces', other],
  ])('verifies a message with %s', (_what, known) => {
    const headers = signedHeaders(message, [keyOf(secret), keyOf(other)]);
    const webhook = new Webhook(known);
    expect(webhook.verify(message.body, { ...headers })).toEqual({ type: 'jwk.created' });
    expect(() => webhook.verify(`${message.body} `, { ...headers })).toThrow();
  });
});

test.each([
  ['no prefix', Buffer.alloc(32).toString('base64')],
  ['too few bytes', `whsec_${Buffer.alloc(23).toString('base64')}`],
  ['too many bytes', `whsec_${Buffer.alloc(65).toString('base64')}`],
  ['what is not base64', `whsec_${'*'.repeat(44)}`],
  ['base64url', `whsec_${Buffer.alloc(32, 0xfb).toString('base64url')}`],
  ['nothing', ''],
])('a secret with %s is rejected', (_what, text) => {
  expect(readWebhookSecret(text)).toBeUndefined();
});
