import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixtureDirectory } from '../formats/keystore-fixtures.ts';
import { startTestManager, type TestManager } from '../support/manager.ts';
import { type CommandLine, commandLine } from './support/command-line.ts';

let world: TestManager;
let cli: CommandLine;
beforeAll(async () => {
  world = await startTestManager({ projects: ['MyProject', 'admin'], environments: ['production'] });
  await world.addNode('production', 'n1');
  cli = await commandLine({
    KEYPLANE_URL: world.url,
    KEYPLANE_TOKEN: world.api.token,
    KEYPLANE_KEYSTORE_PASSWORD: 'changeit',
    KEYPLANE_PROJECT: 'MyProject',
  });
});
afterAll(async () => {
  await cli.close();
  await world.close();
});

const fixture = (path: string) => join(fixtureDirectory, path);

describe('materials', () => {
  test('certificates are stored, inspected, replaced with their JWKs, exported and deleted', async () => {
    const file = fixture('keys/ec.cert.pem');
    expect(await cli.ok(['cert', 'inspect', file])).toMatch(/Subject +CN=ec\n/);
    expect(await cli.ok(['cert', 'create', 'gate', file])).toContain('Deployed successfully');
    await cli.ok(['jwk', 'create', 'of-gate', '--from-cert', 'gate', '--algorithm', 'ES256']);
    expect(await cli.ok(['cert', 'references', 'gate'])).toMatch(/MyProject +of-gate/);
    await cli.ok(['cert', 'update', 'gate', file, '--update-jwks', '--description', 'renewed']);
    expect(await cli.json(['cert', 'get', 'gate'])).toMatchObject({
      resultList: [{ description: 'renewed', certificateEnvironmentList: [{ alias: 'gate' }] }],
    });
    const zip = join(world.dataDir, 'gate.zip');
    await cli.ok(['cert', 'export', 'gate', '--out', zip]);
    await cli.ok(['cert', 'create', 'root', fixture('keys/root.cert.pem'), '--project', 'admin']);
    expect(await cli.ok(['cert', 'truststore', 'production', '--project', 'admin'])).toMatch(
      /root +production/,
    );
    expect(await cli.ok(['cert', 'delete', 'gate', '--yes'])).toContain('Deleted certificate gate');
    expect((await cli.run(['cert', 'create', 'gate', fixture('keys/ec.key.pem')])).stderr).toContain(
      'Certificate file holds a private key (PRIVATE KEY) where a certificate belongs!',
    );
  });

  test('keys are stored as what they are, replaced and deleted', async () => {
    await cli.ok(['key', 'create', 'signing', fixture('keys/ec.key.pem')]);
    const bytes = join(world.dataDir, 'secret.bin');
    await writeFile(bytes, Buffer.alloc(32, 7));
    await cli.ok(['key', 'create', 'secret', bytes, '--secret', 'AES']);
    expect(await cli.ok(['key', 'list'])).toMatch(
      /secret +SECRET_KEY +AES +production[\s\S]*signing +PRIVATE_KEY/,
    );
    await cli.ok(['key', 'update', 'signing', fixture('keys/ed25519.key.pem')]);
    expect(await cli.ok(['key', 'inspect', fixture('keys/ed25519.key.pem')])).toMatch(/Curve +Ed25519/);
    await cli.ok(['key', 'delete', 'secret', '--yes']);
    expect((await cli.json(['key', 'list'])).resultCount).toBe(1);
  });

  test('keystores are distinguished by their bytes, inspected, replaced and deleted', async () => {
    const inspected = await cli.json(['keystore', 'inspect', fixture('java17/store.jks')]);
    expect(inspected).toMatchObject({ keyStoreType: 'JKS', resultCount: 5 });
    await cli.ok(['keystore', 'create', 'store', fixture('java17/store.jks')]);
    await cli.ok(['keystore', 'update', 'store', fixture('java17/default.p12')]);
    expect(await cli.ok(['keystore', 'get', 'store'])).toMatch(/store +production +PKCS12/);
    const wrong = await cli.run(
      ['keystore', 'create', 'other', fixture('java17/store.jks'), '--password-stdin'],
      {
        input: 'wrong\n',
      },
    );
    expect(wrong).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('the password is wrong or the file'),
    });
    expect(await cli.ok(['keystore', 'delete', 'store', '--yes'])).toContain('Deleted keystore store');
  });
});

describe('administration', () => {
  test('an environment is made, changed in what is given, and deleted', async () => {
    await cli.ok(['env', 'create', 'lab', '--type', 'TEST', '--description', 'to try']);
    await cli.ok(['env', 'update', 'lab', '--projects', 'MyProject']);
    expect(await cli.ok(['env', 'list'])).toMatch(/lab +TEST +MyProject +no +- +to try/);
    await cli.ok(['env', 'update', 'lab', '--all-projects']);
    expect(await cli.ok(['env', 'list', '--project', 'MyProject'])).toContain('lab');
    expect(await cli.run(['env', 'delete', 'lab'])).toMatchObject({
      code: 2,
      stderr: 'keyplane: Confirmation required: add --yes\n',
    });
    await cli.ok(['env', 'delete', 'lab', '--yes']);
    expect((await cli.run(['env', 'update', 'lab', '--type', 'TEST'])).code).toBe(4);
  });

  test('enrollment tokens are made, listed without themselves, and revoked', async () => {
    const token = (await cli.ok(['env', 'token', 'create', 'production', '--name', 'rack'])).trim();
    const { resultList } = await cli.json(['env', 'token', 'list', 'production']);
    expect(JSON.stringify(resultList)).not.toContain(token);
    const { id } = resultList.find(({ name }: { name: string }) => name === 'rack');
    await cli.ok(['env', 'token', 'revoke', 'production', id, '--yes']);
    expect((await cli.json(['env', 'token', 'list', 'production'])).resultList).not.toContainEqual(
      expect.objectContaining({ id }),
    );
  });

  test('nodes are listed and removed by the command that also starts them', async () => {
    expect(await cli.ok(['node', 'list', 'production'])).toMatch(/n1 +yes/);
    const start = await cli.run(['node', '--environment', 'production']);
    expect(start).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("required option '--manager <URL>'"),
    });
    expect((await cli.run(['node', 'forget', 'production', 'nobody', '--yes'])).code).toBe(4);
  });

  test('a user gets a password and roles in a project, and is deleted', async () => {
    await cli.ok(['user', 'create', 'alice', '--password-stdin'], { input: 'a good password\n' });
    await cli.ok(['member', 'set', 'alice', '--roles', 'security,deploy']);
    expect(await cli.ok(['member', 'list'])).toMatch(
      /alice +ROLE_API_SECURITY, ROLE_DEPLOY_UNDEPLOY_PROXIES/,
    );
    await cli.ok(['user', 'update', 'alice', '--password-stdin'], { input: 'a better password\n' });
    expect(await cli.ok(['user', 'list'])).toMatch(/alice +no/);
    await cli.ok(['member', 'remove', 'alice']);
    await cli.ok(['user', 'delete', 'alice', '--yes']);
    expect((await cli.run(['member', 'set', 'bob', '--roles', 'boss'])).code).toBe(2);
  });

  test('the audit record is filtered, and personal tokens are made and revoked', async () => {
    const token = (await cli.ok(['token', 'create', 'ci', '--expires-in-days', '30'])).trim();
    expect(token).toMatch(/^kp_/);
    expect(await cli.ok(['token', 'delete', 'ci', '--yes'])).toContain('Revoked token ci');
    const { resultList } = await cli.json(['audit', '--action', 'token.create', '--size', '1']);
    expect(resultList).toMatchObject([{ action: 'token.create', objectName: 'ci', actor: 'admin' }]);
    expect(await cli.ok(['audit', '--object-name', 'ci'])).toMatch(/TIME +ACTOR[\s\S]*admin/);
  });

  test('a token is narrowed to projects, expires at a time or never, and an administrator revokes it', async () => {
    const carol = await world.as('carol', {
      project: 'MyProject',
      roles: ['ROLE_API_SECURITY', 'ROLE_READ_PRIVATE_KEYS'],
    });
    const asCarol = { settings: { KEYPLANE_TOKEN: carol.token } };
    const narrow = ['--project', 'MyProject=security', '--expires', '2099-01-31T12:00:00Z'];
    await cli.ok(['token', 'create', 'narrow', ...narrow], asCarol);
    await cli.ok(['token', 'create', 'lasting', '--never-expires'], asCarol);
    expect(await cli.ok(['user', 'token', 'list', 'carol'])).toMatch(
      /lasting +\S+ \S+ UTC +never +never +all[\s\S]*narrow +\S+ \S+ UTC +2099-01-31 \S+ UTC +never +MyProject/,
    );
    expect(await cli.json(['user', 'token', 'list', 'carol'])).toMatchObject({
      resultList: [
        { name: 'lasting', expiresAt: null, projects: null },
        { name: 'narrow', projects: [{ projectName: 'MyProject', roles: ['ROLE_API_SECURITY'] }] },
      ],
    });
    expect(await cli.ok(['user', 'token', 'revoke', 'carol', 'lasting', '--yes'])).toContain(
      'Revoked token lasting of carol',
    );
    expect((await cli.json(['user', 'token', 'list', 'carol'])).resultCount).toBe(1);
    for (const wrong of [
      ['--project', 'MyProject'],
      ['--project', 'MyProject=boss'],
      ['--never-expires', '--expires', '2099-01-31T12:00:00Z'],
    ]) {
      expect((await cli.run(['token', 'create', 'wrong', ...wrong])).code, wrong.join(' ')).toBe(2);
    }
    const changed = await cli.run(['user', 'password', '--password-stdin'], {
      ...asCarol,
      input: 'password of carol\na better password\n',
    });
    expect(changed).toMatchObject({ code: 0, stdout: 'Changed the password of carol\n' });
    const again = await cli.run(['user', 'password', '--password-stdin'], {
      ...asCarol,
      input: 'password of carol\na third password\n',
    });
    expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('currentPassword is wrong!') });
  });

  test('status shows the signed-in user and the state of every node', async () => {
    await cli.ok([
      'jwk',
      'generate',
      'old',
      '--type',
      'EC',
      '--curve',
      'P-256',
      '--expires',
      new Date(Date.now() + 86_400_000).toISOString(),
    ]);
    const text = await cli.ok(['status']);
    expect(text).toMatch(/Signed in as +admin \(administrator\)/);
    expect(text).toMatch(/production +TEST +\d+ +n1 +CURRENT/);
    expect(await cli.json(['status'])).toHaveProperty('expiringCount');
  });

  test('status names a kid of two keys, and what the set of the environment leaves out for it', async () => {
    expect(await cli.ok(['status'])).not.toContain('Kids of several keys');
    await cli.ok(['project', 'create', 'Copies']);
    const generate = ['jwk', 'generate', 'shared', '--type', 'EC', '--curve', 'P-256', '--kid', 'shared-1'];
    await cli.ok(generate);
    await cli.ok([...generate, '--project', 'Copies']);
    const text = await cli.ok(['status']);
    expect(text).toContain('Kids of several keys (1)');
    expect(text).toMatch(/shared-1 +production +MyProject\/shared +Copies\/shared/);
    await cli.ok(['project', 'delete', 'Copies', '--yes']);
  });

  test('settings that were altered in the database are saved again only where all of them are given', async () => {
    await cli.ok(['env', 'create', 'altered', '--type', 'TEST']);
    await cli.ok(['project', 'create', 'Altered']);
    await world.raw("update environments set environment_set = 1 where name = 'altered'");
    await world.raw(`update projects set publish_key_types = '["RSA"]' where name = 'Altered'`);
    expect(await cli.run(['env', 'update', 'altered', '--type', 'TEST', '--all-projects'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Give all of its settings: --type, --environment-set'),
    });
    expect((await cli.run(['project', 'update', 'Altered', '--publish-key-types', 'EC'])).stderr).toContain(
      'PUT /apiops/projects/{projectName}/ with description, historicalKeyRingName and publishKeyTypes',
    );
    const settings = ['--publish-key-types', 'default', '--historical-key-ring', 'none'];
    await cli.ok(['project', 'update', 'Altered', ...settings]);
    // It has the projects brought in line, so none of them may be altered.
    await cli.ok(['env', 'update', 'altered', '--type', 'TEST', '--all-projects', '--no-environment-set']);
    const { resultList } = await cli.json(['project', 'list']);
    expect(resultList.filter(({ altered }: { altered?: true }) => altered)).toEqual([]);
    await cli.ok(['project', 'delete', 'Altered', '--yes']);
    await cli.ok(['env', 'delete', 'altered', '--yes']);
  });

  test('a project is made, described and deleted', async () => {
    await cli.ok(['project', 'create', 'Orders']);
    await cli.ok(['project', 'update', 'Orders', '--description', 'of the shop']);
    expect(await cli.ok(['project', 'list'])).toMatch(/Orders +\S+ \S+ UTC +of the shop/);
    const unclear = await cli.run(['jwk', 'list'], { settings: { KEYPLANE_PROJECT: '' } });
    expect(unclear).toMatchObject({ code: 2, stderr: expect.stringContaining('MyProject, Orders, admin') });
    await cli.ok(['project', 'delete', 'Orders', '--yes']);
  });
});
