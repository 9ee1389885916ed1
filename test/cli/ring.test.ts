import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningNode } from '../../src/node/start-node.ts';
import { startTestManager, type TestManager } from '../support/manager.ts';
import { type CommandLine, commandLine } from './support/command-line.ts';

let world: TestManager;
let node: RunningNode;
let cli: CommandLine;
beforeAll(async () => {
  world = await startTestManager({
    environments: ['production'],
    settings: { KEYPLANE_JWKS_MAX_AGE: '1', KEYPLANE_JWKS_STALE_WHILE_REVALIDATE: '0' },
  });
  node = await world.addNode('production', 'n1');
  cli = await commandLine({
    KEYPLANE_URL: world.url,
    KEYPLANE_TOKEN: world.api.token,
    KEYPLANE_PROJECT: 'MyProject',
  });
});
afterAll(async () => {
  await cli.close();
  await node.close();
  await world.close();
});

const ec = ['--type', 'EC', '--curve', 'P-256'];
const atOnce = ['--verifier-cache-time', '0s', '--clock-skew', '0s'];

async function members(name: string) {
  const { resultList } = await cli.json(['ring', 'get', name]);
  return resultList[0].members;
}

describe('keyplane ring', () => {
  test('create takes the policy in short durations and shows that nodes have the first key', async () => {
    const made = await cli.run([
      'ring',
      'create',
      'orders',
      ...ec,
      '--rotation-interval',
      '30d',
      '--max-token-lifetime',
      '2h',
      '--signing-lease',
      'none',
      '--exportable',
      '--environments',
      'production',
    ]);
    expect(made).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Created key ring orders: Deployment completed successfully/),
      stderr: expect.stringMatching(/^Warning: Existing caches of the JWK Set/),
    });
    const [ring] = (await cli.json(['ring', 'get', 'orders'])).resultList;
    expect(ring).toMatchObject({
      type: 'EC',
      rotationInterval: 'P30D',
      maxTokenLifetime: 'PT2H',
      signingLease: null,
      exportable: true,
      environmentNames: ['production'],
    });
    expect(await cli.ok(['ring', 'list', '-o', 'name'])).toBe('orders\n');
    expect(await cli.ok(['ring', 'get', 'orders'])).toMatch(/State +STEADY/);
  });

  test('create names the flag that is missing or does not fit', async () => {
    const without = await cli.run(['ring', 'create', 'x', '--curve', 'P-256']);
    expect(without).toMatchObject({
      code: 2,
      stderr: 'keyplane: --size, --curve, --use and --algorithm need --type\n',
    });
    const rejected = await cli.run(['ring', 'create', 'x', '--type', 'RSA', '--curve', 'P-256']);
    expect(rejected).toMatchObject({
      code: 2,
      stderr: 'keyplane: --curve does not go with --type RSA: give --size\n',
    });
  });

  test('create takes a key type that is of one algorithm', async () => {
    await cli.ok(['ring', 'create', 'pq', '--type', 'AKP', '--algorithm', 'ML-DSA-65']);
    expect((await cli.json(['ring', 'get', 'pq'])).resultList[0]).toMatchObject({
      type: 'AKP',
      akp: { algorithm: 'ML-DSA-65' },
    });
    const flags = ['--type', 'AKP', '--algorithm', 'ML-DSA-65', '--curve', 'P-256'];
    const rejected = await cli.run(['ring', 'create', 'x', ...flags]);
    expect(rejected).toMatchObject({
      code: 2,
      stderr: 'keyplane: --curve does not go with --type AKP: give --algorithm\n',
    });
    await cli.ok(['ring', 'delete', 'pq', '--yes', '--force', '--reason', 'not needed']);
  });

  test('rotate ends with code 5 while verifiers may not know the next key, and says until when', async () => {
    const result = await cli.run(['ring', 'rotate', 'orders']);
    expect(result).toMatchObject({
      code: 5,
      stdout: expect.stringMatching(/^Accepted: the key becomes active at .*\n\nWAITS FOR/),
    });
    expect(result.stdout).toContain('caches of verifiers');
  });

  test('activate with --force activates the next key, and update changes the policy alone', async () => {
    const [, next] = await members('orders');
    const unexplained = await cli.run(['ring', 'activate', 'orders', '--kid', next.kid, '--force']);
    expect(unexplained).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('reason must have 3 to 500 characters!'),
    });
    const forced = ['ring', 'activate', 'orders', '--kid', next.kid, '--force', '--reason', 'a drill'];
    expect((await cli.run(forced)).stdout).toBe('Key ring orders has a new active key\n');
    expect((await members('orders')).map(({ state }: { state: string }) => state).slice(0, 2)).toEqual([
      'RETIRING',
      'ACTIVE',
    ]);
    await cli.ok(['ring', 'update', 'orders', '--rotation-interval', 'none', '--no-exportable', ...atOnce]);
    const [ring] = (await cli.json(['ring', 'get', 'orders'])).resultList;
    expect(ring).toMatchObject({
      rotationInterval: null,
      maxTokenLifetime: 'PT2H',
      verifierCacheTime: 'PT0S',
      exportable: false,
    });
    expect(await cli.run(['ring', 'update', 'orders', '--exportable'])).toMatchObject({
      code: 1,
      stderr: 'keyplane: exportable can be changed from true to false only!\n',
    });
  });

  test('rotate --wait ends once the next key is active', async () => {
    expect(await cli.ok(['ring', 'rotate', 'orders', '--wait'])).toBe(
      'Key ring orders has a new active key\n',
    );
  });

  test('hold and resume suspend rotation', async () => {
    expect(await cli.ok(['ring', 'hold', 'orders'])).toBe('Key ring orders is held\n');
    const refused = await cli.run(['ring', 'rotate', 'orders']);
    expect(refused).toMatchObject({
      code: 1,
      stderr: 'keyplane: Key ring (name: orders) is held: resume it, or activate a key by its kid!\n',
    });
    expect(await cli.ok(['ring', 'resume', 'orders'])).toBe('Key ring orders rotates again\n');
  });

  test('timeline --dry-run plans with another policy and stores nothing', async () => {
    const rows = (await cli.json(['ring', 'timeline', 'orders', '--dry-run', '--rotation-interval', '10d']))
      .resultList;
    expect(
      rows.some((row: { planned: boolean; cause: string }) => row.planned && row.cause === 'INTERVAL'),
    ).toBe(true);
    const [ring] = (await cli.json(['ring', 'get', 'orders'])).resultList;
    expect(ring.rotationInterval).toBeNull();
    expect(await cli.run(['ring', 'timeline', 'orders', '--rotation-interval', '10d'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--dry-run'),
    });
  });

  test('revoke shows which nodes have unpublished the key, and revocation shows it again', async () => {
    const active = (await members('orders')).find(({ state }: { state: string }) => state === 'ACTIVE');
    const revoke = [
      'ring',
      'revoke',
      'orders',
      '--kid',
      active.kid,
      '--reason',
      'compromised',
      '--yes',
      '--wait',
    ];
    const { revocationId, nodesSafeAt } = await cli.json(revoke);
    expect(nodesSafeAt).toEqual(expect.any(String));
    const shown = await cli.ok(['ring', 'revocation', 'orders', revocationId]);
    expect(shown).toMatch(/production +n1 +after \d+ ms/);
    expect(await cli.run(['ring', 'revoke', 'orders', '--reason', 'superseded', '--yes'])).toMatchObject({
      code: 2,
      stderr: 'keyplane: Exactly one of --kid and --all is required\n',
    });
  });

  test('adopt makes a JWK the first key of a ring', async () => {
    await cli.ok(['jwk', 'generate', 'legacy', ...ec, '--kid', 'legacy-1']);
    const made = await cli.ok(['ring', 'adopt', 'legacy', '--ring', 'legacy-signing', ...atOnce]);
    expect(made).toMatch(/^Created key ring legacy-signing with JWK legacy/);
    expect((await members('legacy-signing'))[0]).toMatchObject({
      jwkName: 'legacy',
      kid: 'legacy-1',
      state: 'ACTIVE',
    });
  });

  test('delete names the moment until which a key may be needed, and --force deletes all the same', async () => {
    const refused = await cli.run(['ring', 'delete', 'legacy-signing', '--yes']);
    expect(refused).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(
        'Give force and a reason to delete it all the same. (--force --reason TEXT)',
      ),
    });
    const forced = ['ring', 'delete', 'legacy-signing', '--yes', '--force', '--reason', 'no issuer'];
    expect(await cli.ok(forced)).toMatch(/^Deleted key ring legacy-signing/);
    expect((await cli.run(['ring', 'get', 'legacy-signing'])).code).toBe(4);
  });
});

describe('keyplane ring get --watch', () => {
  test('shows the ring again once it has changed, until it is ended', async () => {
    await cli.ok(['ring', 'create', 'watched', ...ec, ...atOnce]);
    const watching = cli.start(['ring', 'get', 'watched', '--watch']);
    await watching.shows(/State +STEADY/);
    await cli.ok(['ring', 'hold', 'watched']);
    await watching.shows(/State +STEADY[\s\S]*\n\n[\s\S]*State +HELD/);
    await watching.end();
  });

  test('is for a person, so that it rejects a format for programs', async () => {
    expect(await cli.run(['ring', 'get', 'watched', '--watch', '--json'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--watch is for a person'),
    });
  });
});

describe('keyplane project', () => {
  test('update chooses the key ring of the historical keys and keeps the description', async () => {
    await cli.ok(['project', 'update', 'MyProject', '--description', 'of the shop']);
    await cli.ok(['project', 'update', 'MyProject', '--historical-key-ring', 'orders']);
    const project = async () => (await cli.json(['project', 'list'])).resultList[0];
    expect(await project()).toMatchObject({ description: 'of the shop', historicalKeyRingName: 'orders' });
    expect(await cli.ok(['project', 'list', '-o', 'wide'])).toMatch(/MyProject .*orders/);
    await cli.ok(['project', 'update', 'MyProject', '--historical-key-ring', 'none']);
    expect(await project()).toMatchObject({ description: 'of the shop', historicalKeyRingName: null });
    const unknown = ['project', 'update', 'MyProject', '--historical-key-ring', 'missing'];
    expect((await cli.run(unknown)).code).not.toBe(0);
  });
});

describe('keyplane jwk list', () => {
  test('--deployment filters by what nodes have', async () => {
    const names = await cli.ok(['jwk', 'list', '--deployment', 'deployed', '-o', 'name']);
    expect(names).toContain('watched.1');
    // A key ring may have moved on by itself a moment ago.
    const incomplete = () => cli.ok(['jwk', 'list', '--deployment', 'incomplete', '-o', 'name']);
    await expect.poll(incomplete).toBe('');
  });
});

describe('keyplane app', () => {
  test('create prints the token alone, and get shows the grants', async () => {
    const token = await cli.ok(['app', 'create', 'billing', '--sign', 'orders', '--verify', 'orders']);
    expect(token).toMatch(/^kpa_\S+\n$/);
    expect(await cli.ok(['app', 'get', 'billing'])).toMatch(/orders +- +- +SIGN, VERIFY/);
    expect(await cli.ok(['app', 'list'])).toMatch(/billing +SIGN\+VERIFY orders/);
  });

  test('token replaces the token, and update replaces the grants', async () => {
    expect(await cli.ok(['app', 'token', 'billing', '--overlap', '1h'])).toMatch(/^kpa_\S+\n$/);
    const [app] = (await cli.json(['app', 'get', 'billing'])).resultList;
    expect(app.formerTokensValidUntil).toHaveLength(1);
    await cli.ok(['app', 'update', 'billing', '--verify', 'orders', '--expires', '30d']);
    const [changed] = (await cli.json(['app', 'get', 'billing'])).resultList;
    expect(changed.grants).toEqual([{ keyRingName: 'orders', operations: ['VERIFY'] }]);
    expect(changed.expiresAt).toEqual(expect.any(String));
    expect(await cli.ok(['app', 'delete', 'billing', '--yes'])).toMatch(/^Deleted application billing/);
  });
});
