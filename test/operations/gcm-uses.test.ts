// AES-GCM with random nonces is safe for a number of messages (NIST SP 800-38D §8.3): each node stops before its share is used up.

import { expect, test } from 'vitest';
import { makeEc, makeOct } from '../jose/made-keys.ts';
import { ecJwk } from '../node/support/contents.ts';
import { operationsInProcess } from './support/operations-in-process.ts';

function jwk(alg: string, octets: number) {
  return ecJwk({ name: alg, jwk: { ...makeOct(octets), alg, kid: 'k', use: 'enc' } });
}

test.for([
  [jwk('dir', 32), { enc: 'A256GCM' }, 1],
  [jwk('dir', 32), { enc: 'A128CBC-HS256' }, 0],
  [jwk('A256GCMKW', 32), { enc: 'A128CBC-HS256' }, 1],
  [jwk('A256KW', 32), { enc: 'A256GCM' }, 0],
  [ecJwk({ name: 'ECDH-ES', jwk: { ...makeEc('P-256'), alg: 'ECDH-ES', kid: 'k' } }), { enc: 'A256GCM' }, 0],
] as const)(
  'each use of a secret key with GCM is counted, and refused beyond the limit (%#)',
  async ([key, members, counted]) => {
    const taken: string[] = [];
    let isUsedUp = false;
    const takeGcmUse = (jwkId: string) => {
      if (!isUsedUp) taken.push(jwkId);
      return !isUsedUp;
    };
    const { operate, uses } = await operationsInProcess([key], { takeGcmUse });
    const encrypt = () => operate('jwks', key.name, 'ENCRYPT', { plaintext: 'x', ...members });
    const { jwe } = JSON.parse(await encrypt());
    expect(taken).toEqual(Array(counted).fill(key.id));
    isUsedUp = true;
    if (counted === 0) {
      await encrypt();
      return;
    }
    await expect(encrypt()).rejects.toMatchObject({
      reason: 'KEY_USED_UP',
      message: expect.stringMatching(
        /^JWK \(name: .*\) has encrypted as often at this node as AES-GCM allows/,
      ),
    });
    const use = { applicationId: expect.any(String), jwkId: key.id, operation: 'ENCRYPT' };
    expect(uses).toEqual([
      { ...use, outcome: 'SUCCEEDED' },
      { ...use, outcome: 'REFUSED' },
    ]);
    // What was encrypted before can still be read.
    const opened = JSON.parse(await operate('jwks', key.name, 'DECRYPT', { jwe }));
    expect(opened).toMatchObject({ success: true, kid: 'k' });
  },
);
