import { expect, test } from 'vitest';
import { publicPart } from '../../src/deployments/public-part.ts';
import type { DeployedOutlet } from '../../src/protocol/content.ts';

const digest = Buffer.alloc(32, 1);
const outlet: DeployedOutlet = {
  kind: 'outlet',
  id: 'o1',
  project: 'MyProject',
  name: 'files',
  outletKind: 'FILES',
  source: { type: 'KEY_RING', id: 'r1' },
  content: 'PKCS12',
  target: { path: 'keys.p12' },
  password: 'outlet-pass',
  generation: 1,
};

test('a node without private keys gets an outlet without its password', () => {
  const given = publicPart(outlet, digest);
  expect(given).toEqual({ ...outlet, password: null, withheld: digest.toString('hex') });
  expect(publicPart({ ...outlet, password: null }, digest)).toEqual({ ...outlet, password: null });
});
