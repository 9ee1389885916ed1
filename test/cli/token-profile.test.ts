import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningNode } from '../../src/node/start-node.ts';
import { startTestManager, type TestManager } from '../support/manager.ts';
import { type CommandLine, commandLine } from './support/command-line.ts';

let world: TestManager;
let node: RunningNode;
let cli: CommandLine;
beforeAll(async () => {
  world = await startTestManager({ environments: ['production'] });
  node = await world.addNode('production', 'n1');
  cli = await commandLine({
    KEYPLANE_URL: world.url,
    KEYPLANE_TOKEN: world.api.token,
    KEYPLANE_PROJECT: 'MyProject',
  });
  await cli.ok(['ring', 'create', 'api-signing', '--type', 'EC', '--curve', 'P-256']);
});
afterAll(async () => {
  await cli.close();
  await node.close();
  await world.close();
});

const create = ['token-profile', 'create', 'orders-api', '--ring', 'api-signing', '--issuer', 'https://id'];

describe('keyplane token-profile', () => {
  test('create takes each member as a flag, and get shows them', async () => {
    const made = await cli.ok([
      ...create,
      '--audience',
      'orders',
      '--audience',
      'invoices',
      '--audience-mode',
      'one-of',
      '--lifetime',
      '5m',
      '--max-lifetime',
      '30m',
      '--not-before',
      '-PT1M',
      '--token-type',
      'at+jwt',
      '--subject-pattern',
      'user:*',
      '--allow',
      'scope',
      '--require',
      'tenant',
      '--fixed-claims',
      '{"env": "test"}',
      '--description',
      'for orders',
    ]);
    expect(made).toMatch(/^Created token profile orders-api: Deployment completed successfully/);
    expect((await cli.json(['token-profile', 'get', 'orders-api'])).resultList).toMatchObject([
      {
        keyRingName: 'api-signing',
        audiences: ['orders', 'invoices'],
        audienceMode: 'ONE_OF',
        lifetime: 'PT5M',
        maxLifetime: 'PT30M',
        notBeforeOffset: '-PT1M',
        tokenType: 'at+jwt',
        subject: { mode: 'GIVEN', pattern: 'user:*' },
        claims: { fixed: { env: 'test' }, allowed: ['scope'], required: ['tenant'] },
      },
    ]);
    expect(await cli.ok(['token-profile', 'get', 'orders-api'])).toMatch(/Subject +given, user:\*/);
    expect(await cli.ok(['token-profile', 'list', '-o', 'name'])).toBe('orders-api\n');
  });

  test('try shows the claims of a token, and ends with code 1 where a node would refuse it', async () => {
    const asked = ['token-profile', 'try', 'orders-api', '--audience', 'orders', '--subject', 'user:ada'];
    const { header, claims, expiresAt } = await cli.json([...asked, '--claims', '{"tenant": "t1"}']);
    expect(header).toMatchObject({ alg: 'ES256', kid: expect.any(String), typ: 'at+jwt' });
    expect(claims).toMatchObject({
      iss: 'https://id',
      aud: 'orders',
      sub: 'user:ada',
      env: 'test',
      tenant: 't1',
    });
    expect(claims.nbf).toBe(claims.iat - 60);
    expect(claims.exp).toBe(claims.iat + 300);
    expect(Date.parse(expiresAt)).toBe(claims.exp * 1_000);
    const refused = await cli.run([...asked, '--claims', '{"tenant": "t1", "env": "prod"}']);
    expect(refused).toMatchObject({
      code: 1,
      stdout: 'Refused: Claim (env) is set by token profile (name: orders-api)!\n',
    });
    const late = await cli.run([...asked, '--claims', '{"tenant": "t1"}', '--lifetime', '31m', '--json']);
    expect(JSON.parse(late.stdout).refused).toMatchObject({
      error_description: 'lifetime (PT31M) is longer than maxLifetime (PT30M)!',
      member: 'lifetime',
    });
  });

  test('update changes what is given alone, and none takes the encryption away', async () => {
    const ring = ['ring', 'create', 'bank', '--type', 'EC', '--curve', 'P-256', '--use', 'enc'];
    await cli.ok([...ring, '--algorithm', 'ECDH-ES+A256KW']);
    await cli.ok([
      'token-profile',
      'update',
      'orders-api',
      '--encrypt-to-ring',
      'bank',
      '--subject-from-caller',
    ]);
    const [changed] = (await cli.json(['token-profile', 'get', 'orders-api'])).resultList;
    expect(changed).toMatchObject({
      maxLifetime: 'PT30M',
      subject: { mode: 'FROM_CALLER' },
      encryptTo: { keyRingName: 'bank' },
    });
    const { claims } = await cli.json([
      'token-profile',
      'try',
      'orders-api',
      '--audience',
      'orders',
      '--claims',
      '{"tenant": "t1"}',
      '--caller',
      'spiffe://example.org/shop',
    ]);
    expect(claims.sub).toBe('spiffe://example.org/shop');
    await cli.ok(['token-profile', 'update', 'orders-api', '--encrypt-to-ring', 'none']);
    expect((await cli.json(['token-profile', 'get', 'orders-api'])).resultList[0].encryptTo).toBeNull();
  });

  test('a grant of each kind is written by --grant, and credentials by their flags', async () => {
    const token = await cli.ok([
      'app',
      'create',
      'gateway',
      '--grant',
      'ring:bank=decrypt,encrypt@200/400',
      '--issue',
      'orders-api',
      '--token',
      'default',
      '--mtls-uri',
      'spiffe://example.org/gateway',
    ]);
    expect(token).toMatch(/^kpa_\S+\n$/);
    const [app] = (await cli.json(['app', 'get', 'gateway'])).resultList;
    expect(app.grants).toEqual([
      { tokenProfileName: 'orders-api', operations: ['ISSUE'] },
      {
        keyRingName: 'bank',
        operations: expect.arrayContaining(['ENCRYPT', 'DECRYPT']),
        ratePerSecond: 200,
        burst: 400,
      },
    ]);
    expect(app.credentials).toMatchObject([
      { type: 'TOKEN', name: 'default' },
      { type: 'MTLS', uriSan: 'spiffe://example.org/gateway' },
    ]);
    const shown = await cli.ok(['app', 'get', 'gateway']);
    expect(shown).toMatch(/bank .*DECRYPT.* 200\/s, 400 at once/);
    expect(await cli.run(['app', 'create', 'x', '--grant', 'bank=decrypt'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('KIND:NAME=OPERATIONS'),
    });
  });

  test('a profile that is deleted ends the grants on it', async () => {
    expect(await cli.ok(['token-profile', 'delete', 'orders-api', '--yes'])).toMatch(
      /^Deleted token profile orders-api/,
    );
    const [app] = (await cli.json(['app', 'get', 'gateway'])).resultList;
    expect(app.grants).toMatchObject([{ keyRingName: 'bank' }]);
  });

  test('usage and --unused ask for what applications use', async () => {
    expect((await cli.json(['usage', '--ring', 'bank'])).resultList).toEqual([]);
    expect(await cli.ok(['ring', 'list', '--unused', '90d', '-o', 'name'])).toBe('');
    expect(await cli.ok(['jwk', 'list', '--unused', '90d', '-o', 'name'])).toBe('');
    expect(await cli.ok(['app', 'list', '--unused', '90d', '-o', 'name'])).toBe('');
  });
});
