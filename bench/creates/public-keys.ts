import { generateKeyPairSync } from 'node:crypto';
import { type BenchManager, onClients } from '../bench-manager.ts';

/** So many that none is in a cache of a processor, and few enough to be made in seconds. */
const keysMade = 24;

const keys: string[] = [];
let made = 0;

/** An RSA key of 2048 bits, as a JWK. */
function publicKey(): string {
  if (keys.length < keysMade) {
    const { publicKey: key } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    keys.push(JSON.stringify(key.export({ format: 'jwk' })));
  }
  made += 1;
  return keys[made % keys.length] ?? '';
}

/** @returns creates a second */
export async function createAll(manager: BenchManager, clients: number, creates: number): Promise<number> {
  const works = Array.from({ length: creates }, () => {
    const jwkStr = publicKey();
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
