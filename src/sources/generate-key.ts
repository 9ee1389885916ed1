// Generates keys. RSA takes up to seconds of computation, so it runs in worker threads.

import { generateKeyPair, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { tooManyRequests } from '../errors.ts';
import type { JsonObject } from '../jose/json.ts';
import type { GeneratedKeyType, GeneratedValue } from '../jose/key-types.ts';
import { FairQueue } from '../runtime/fair-queue.ts';
import { RsaThread } from './rsa-thread.ts';

const generate = promisify(generateKeyPair);

/** One of the three, as the key type has it in its row (`key-types.ts`). */
export interface KeyPlan {
  readonly kty: GeneratedKeyType;
  readonly bits?: number;
  readonly curve?: string;
  readonly keyAlgorithm?: string;
}

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

/** Up to seconds of a core; other keys cost less than a read of the database. */
export function takesLongToGenerate({ kty }: Pick<KeyPlan, 'kty'>): boolean {
  return kty === 'RSA';
}

/**
 * A new key with all its members; RSA with its CRT members (RFC 7518 §6.3.2).
 * @throws KeyplaneError `rate_limit_exceeded` where too many RSA keys are being generated
 */
export async function generatePrivateKey({ kty, bits, curve, keyAlgorithm }: KeyPlan): Promise<JsonObject> {
  const generator = generators[kty] as (value: number | string | undefined) => Promise<JsonObject>;
  return generator(bits ?? curve ?? keyAlgorithm);
}

/** By bits, curve or algorithm. */
const generators: Readonly<{
  [Kty in GeneratedKeyType]: (value: GeneratedValue<Kty>) => Promise<JsonObject>;
}> = {
  oct: async (bits) => ({ kty: 'oct', k: randomBytes(bits / 8).toString('base64url') }),
  RSA: generateRsa,
  EC: async (namedCurve) => {
    const { privateKey } = await generate('ec', { namedCurve });
    return asJson(privateKey.export({ format: 'jwk' }));
  },
  OKP: generateOkp,
  AKP: generateAkp,
};

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

async function generateOkp(curve: GeneratedValue<'OKP'>): Promise<JsonObject> {
  // Node names the four in lower case, each with its own signature in the types.
  const makers = {
    Ed25519: () => generate('ed25519'),
    Ed448: () => generate('ed448'),
    X25519: () => generate('x25519'),
    X448: () => generate('x448'),
  };
  const { privateKey } = await makers[curve]();
  return asJson(privateKey.export({ format: 'jwk' }));
}

async function generateAkp(alg: GeneratedValue<'AKP'>): Promise<JsonObject> {
  const makers = {
    'ML-DSA-44': () => generate('ml-dsa-44'),
    'ML-DSA-65': () => generate('ml-dsa-65'),
    'ML-DSA-87': () => generate('ml-dsa-87'),
  };
  const { privateKey } = await makers[alg]();
  return asJson(privateKey.export({ format: 'jwk' }));
}

function asJson(jwk: object): JsonObject {
  return { ...jwk } as JsonObject;
}
