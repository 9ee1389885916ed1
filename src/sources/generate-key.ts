// Generates keys. RSA takes up to seconds of computing, so that it has threads of its own.

import { generateKeyPair, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { tooManyRequests } from '../errors.ts';
import type { JsonObject } from '../jose/json.ts';
import { FairQueue } from '../runtime/fair-queue.ts';
import { RsaThread } from './rsa-thread.ts';

const generate = promisify(generateKeyPair);

export type KeyPlan =
  | { readonly type: 'RSA'; readonly bits: number }
  | { readonly type: 'EC'; readonly curve: 'P-256' | 'P-384' | 'P-521' | 'secp256k1' }
  | { readonly type: 'OKP'; readonly curve: 'Ed25519' | 'Ed448' | 'X25519' | 'X448' }
  | { readonly type: 'OCT'; readonly bits: number };

const rsaThreads = 3;
const freeRsaThreads = Array.from({ length: rsaThreads }, () => new RsaThread());
/** Users take turns: one thread a user, so that another user's key does not wait for the keys of the first. */
const rsaQueue = new FairQueue({
  capacity: rsaThreads,
  capacityPerRequester: 1,
  waiting: 64,
  waitingPerRequester: 48,
  waitMs: 60_000,
  rejection: () => tooManyRequests('rsa_generation', 'Too many RSA keys are being generated. Try again!', 5),
});

/**
 * A new key with all its members; RSA with its CRT members (RFC 7518 §6.3.2).
 * @throws KeyplaneError `rate_limit_exceeded` where too many RSA keys are being generated
 */
export async function generatePrivateKey(plan: KeyPlan): Promise<JsonObject> {
  switch (plan.type) {
    case 'OCT':
      return { kty: 'oct', k: randomBytes(plan.bits / 8).toString('base64url') };
    case 'RSA':
      return generateRsa(plan.bits);
    case 'EC': {
      const { privateKey } = await generate('ec', { namedCurve: plan.curve });
      return asJson(privateKey.export({ format: 'jwk' }));
    }
    case 'OKP':
      return generateOkp(plan.curve);
  }
}

function generateRsa(bits: number): Promise<JsonObject> {
  return rsaQueue.run(async () => {
    const thread = freeRsaThreads.pop() ?? new RsaThread();
    try {
      return await thread.generate(bits);
    } finally {
      freeRsaThreads.push(thread);
    }
  });
}

async function generateOkp(curve: 'Ed25519' | 'Ed448' | 'X25519' | 'X448'): Promise<JsonObject> {
  // Node names the four in lower case, each with a signature of its own in the types.
  const makers = {
    Ed25519: () => generate('ed25519'),
    Ed448: () => generate('ed448'),
    X25519: () => generate('x25519'),
    X448: () => generate('x448'),
  };
  const { privateKey } = await makers[curve]();
  return asJson(privateKey.export({ format: 'jwk' }));
}

function asJson(jwk: object): JsonObject {
  return { ...jwk } as JsonObject;
}
