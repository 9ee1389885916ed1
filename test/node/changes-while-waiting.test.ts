// What keys do for requests that were accepted before the keys changed.

import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { SignerRing } from '../../src/node/kubernetes-signer/signer-ring.ts';
import { jwkTarget } from '../../src/node/operations/operation-target.ts';
import { toStoredObject } from '../../src/node/stored-object.ts';
import type { DeployedContent } from '../../src/protocol/content.ts';
import { operationsInProcess } from '../operations/support/operations-in-process.ts';
import { memberContent, ringContent } from './support/operations.ts';
import { TestLog } from './support/test-node.ts';

test('a signature that waits for the thread pool is not made with a key that the node no longer has when its turn comes', async () => {
  const ring = ringContent('tokens');
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const jwk = { ...privateKey.export({ format: 'jwk' }), alg: 'RS256' };
  const { operate, removeAll } = await operationsInProcess([ring, memberContent(ring, 1, 'ACTIVE', jwk)]);
  const signatures = Array.from({ length: 20 }, () =>
    operate('key-rings', 'tokens', 'SIGN', { claims: {} }).then(
      () => 'signed',
      ({ code }) => code,
    ),
  );
  await removeAll();
  const outcomes = await Promise.all(signatures);
  expect([...new Set(outcomes)]).toEqual(['forbidden']);
});

test('the Kubernetes signer has no keys where its new ACTIVE key cannot be read', async () => {
  const ring = ringContent('accounts');
  const first = memberContent(ring, 1, 'ACTIVE');
  const second = memberContent(ring, 2, 'ACTIVE');
  const location = { at: 0, bytes: 0 } as never;
  const stored = (one: DeployedContent) => ({ ...toStoredObject(one), location });
  const copy = {
    async read({ id }: { readonly id: string }): Promise<DeployedContent> {
      if (id === second.id) throw new Error('the disk fails');
      return first;
    },
  };
  const options = { copy, log: new TestLog(), onChange: () => undefined };
  const signer = new SignerRing({ project: 'MyProject', ringName: 'accounts' }, options);
  signer.replaced([ring, first].map(stored));
  await signer.settled();
  expect(signer.keys?.signer).toBeDefined();
  signer.changed([], [stored(second)]);
  await signer.settled();
  expect(signer.keys).toBeUndefined();
});

test('a sender whose JWK was revoked is not one any more', () => {
  const target = (isRevoked: boolean) =>
    jwkTarget({
      jwkId: 'a',
      name: 'sender',
      kid: undefined,
      use: 'enc',
      algorithmName: 'ECDH-1PU',
      verification: undefined,
      signer: undefined,
      encryption: {} as never,
      hasPrivatePart: false,
      isSecret: false,
      secretId: undefined,
      isWithheld: false,
      notBefore: null,
      expires: null,
      isRevoked,
    });
  expect(target(false).senderPublicKey().jwkId).toBe('a');
  expect(() => target(true).senderPublicKey()).toThrow('JWK (name: sender) was revoked!');
});
