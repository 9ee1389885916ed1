import { generateKeyPairSync } from 'node:crypto';
import { type BenchManager, onClients } from '../bench-manager.ts';

/** Enough keys that none stays in a processor cache, and few enough to generate in seconds. */
const keysMade = 24;

/**
 * A private key contains its primes, and a public one must be shown to be composite: different arithmetic, different
 * costs.
 */
export const halves = ['private', 'public'] as const;
export type Half = (typeof halves)[number];

const keys: Record<Half, string[]> = { private: [], public: [] };
let made = 0;

/** An RSA key of 2048 bits, as a JWK. */
function rsaKey(half: Half): string {
  if (keys[half].length < keysMade) {
    const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
    keys.private.push(JSON.stringify(pair.privateKey.export({ format: 'jwk' })));
    keys.public.push(JSON.stringify(pair.publicKey.export({ format: 'jwk' })));
  }
  made += 1;
  return keys[half][made % keys[half].length] ?? '';
}

export interface CreateLoad {
  readonly half: Half;
  readonly clients: number;
  readonly creates: number;
}

/** @returns creates a second */
export async function createAll(
  manager: BenchManager,
  { half, clients, creates }: CreateLoad,
): Promise<number> {
  const works = Array.from({ length: creates }, () => {
    const jwkStr = rsaKey(half);
    const body = { name: `jwk-${made}`, sourceType: 'COPY_PASTE', jwkStr };
    return () => manager.post('/apiops/projects/Bench/jwks/', body);
  });
  const startedAt = performance.now();
  await onClients(clients, works);
  return (creates / (performance.now() - startedAt)) * 1_000;
}

export function perSecond(rate: number): string {
  return `${Math.round(rate).toLocaleString('en')} /s`;
}
