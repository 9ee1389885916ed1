// Several clients look into JWK Sets of 100 RSA keys at once, which takes seconds of computing each; others create JWKs
// meanwhile.

import { generateKeyPairSync } from 'node:crypto';
import { startBenchManager } from '../bench-manager.ts';
import type { BenchRow } from '../bench-row.ts';
import { creator, heldRow, watched } from './over-databases.ts';

const clients = 8;
const keysOfSet = 100;
/** Different ones; more would only take time to generate. */
const keyPairs = 16;

export async function run(): Promise<BenchRow[]> {
  const manager = await startBenchManager(clients + 2);
  try {
    const keys = Array.from({ length: keyPairs }, () =>
      generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }),
    );
    const set = Array.from({ length: keysOfSet }, (_, number) => {
      return { ...keys[number % keyPairs], kid: `key-${number}` };
    });
    const body = { sourceType: 'COPY_PASTE', jwkStr: JSON.stringify({ keys: set }) };
    const inspect = () => manager.post('/apiops/projects/Bench/jwks/inspect/', body);
    const createIn = creator(manager);
    const all = () => Promise.all(Array.from({ length: clients }, inspect));
    const name = `${clients} clients look into sets of ${keysOfSet} private RSA keys`;
    return [heldRow(name, await watched(manager, all, () => createIn('Bench')))];
  } finally {
    await manager.close();
  }
}
