// Keys made on the spot. RSA takes the thread pool for up to seconds, so only so many are made at once: signing in,
// files and DNS go through the same pool and must not wait for them.

import { generateKeyPair, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import type { JsonObject } from '../jose/json.ts';

const generate = promisify(generateKeyPair);

export type KeyPlan =
  | { readonly type: 'RSA'; readonly bits: number }
  | { readonly type: 'EC'; readonly curve: 'P-256' | 'P-384' | 'P-521' | 'secp256k1' }
  | { readonly type: 'OKP'; readonly curve: 'Ed25519' | 'Ed448' | 'X25519' | 'X448' }
  | { readonly type: 'OCT'; readonly bits: number };

/** libuv has four threads: two stay free whatever is asked for. */
const rsaAtOnce = 2;
const rsaWaitingLimit = 64;
let rsaUnderWay = 0;
const rsaWaiting: (() => void)[] = [];

/** Whether another RSA key may be asked for now; beyond that a client is better told to come back. */
export function rsaQueueIsFull(): boolean {
  return rsaWaiting.length >= rsaWaitingLimit;
}

/** A new key with all its members; RSA with its CRT members (RFC 7518 §6.3.2). */
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

async function generateRsa(modulusLength: number): Promise<JsonObject> {
  // Who ends hands its place on, so that nobody who comes at that moment takes it as well.
  if (rsaUnderWay >= rsaAtOnce) await new Promise<void>((resolve) => rsaWaiting.push(resolve));
  else rsaUnderWay += 1;
  try {
    const { privateKey } = await generate('rsa', { modulusLength, publicExponent: 65_537 });
    return asJson(privateKey.export({ format: 'jwk' }));
  } finally {
    const next = rsaWaiting.shift();
    if (next) next();
    else rsaUnderWay -= 1;
  }
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
