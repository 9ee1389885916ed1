import { createHash } from 'node:crypto';
import { access, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestManager, type TestManager } from '../support/manager.ts';
import { type CommandLine, commandLine } from './support/command-line.ts';

let world: TestManager;
let cli: CommandLine;
let outletDir: string;
beforeAll(async () => {
  world = await startTestManager({ environments: ['production', 'lab'] });
  outletDir = join(world.dataDir, 'outlets');
  await world.addNode('production', 'n1', { outletDir });
  await world.addNode('lab', 'bare');
  cli = await commandLine({
    KEYPLANE_URL: world.url,
    KEYPLANE_TOKEN: world.api.token,
    KEYPLANE_PROJECT: 'MyProject',
    KEYPLANE_COMPLETION_TIMEOUT: '20000',
  });
  await cli.ok(['ring', 'create', 'orders', '--type', 'EC', '--curve', 'P-256', '--exportable']);
  await cli.ok(['jwk', 'generate', 'one', '--type', 'EC', '--curve', 'P-256']);
});
afterAll(async () => {
  await cli?.close();
  await world?.close();
});

const shown = async (name: string) => (await cli.json(['outlet', 'get', name])).resultList[0];
const delivered = (path: string) => readFile(join(outletDir, 'MyProject', path), 'utf8');
const reaches = (name: string, states: readonly string[]) =>
  expect
    .poll(async () => (await shown(name)).environments.map((one: { readonly state: string }) => one.state), {
      timeout: 30_000,
    })
    .toEqual(states);

describe('keyplane outlet', () => {
  test('create delivers a source to a path, and get and list show how it stands', async () => {
    const flags =
      '--kind|files|--ring|orders|--content|JWKS|--path|gateway/jwks.json|--description|for nginx';
    const made = await cli.ok(`outlet|create|gateway|${flags}|--environments|production`.split('|'));
    expect(made).toMatch(/^Created outlet gateway: Deployment completed successfully/);
    await reaches('gateway', ['CURRENT']);
    expect(await shown('gateway')).toMatchObject({
      kind: 'FILES',
      source: { keyRingName: 'orders' },
      environmentNames: ['production'],
      target: { path: 'gateway/jwks.json' },
      gate: true,
      description: 'for nginx',
    });
    const bytes = await delivered('gateway/jwks.json');
    expect(await cli.ok(['outlet', 'list', '--ring', 'orders', '-o', 'name'])).toBe('gateway\n');
    const text = await cli.ok(['outlet', 'get', 'gateway']);
    expect(text).toMatch(/Source +key ring orders\n/);
    expect(text).toMatch(/ENVIRONMENT +NODE +STATE +DELIVERED +ATTEMPTS +LAST ERROR\n/);
    expect(text).toMatch(/production +n1 +CURRENT +\d{4}-/);
    const digest = createHash('sha256').update(bytes).digest('hex');
    expect(await cli.ok(['outlet', 'get', 'gateway', '-o', 'wide'])).toContain(digest);
    expect(await cli.ok(['outlet', 'list'])).toMatch(/gateway +FILES +JWKS +key ring orders +1 CURRENT\n/);
    expect(await cli.ok(['outlet', 'list', '-o', 'name'])).toBe('gateway\n');
  });

  test('update replaces source, target and credential that it is given, and keeps the rest', async () => {
    const target = join(world.dataDir, 'target.json');
    await writeFile(target, JSON.stringify({ path: 'java/keys.p12', layout: 'SYMLINK' }));
    const create = ['outlet', 'create', 'java', '--kind', 'FILES', '--content', 'PKCS12', '--ring', 'orders'];
    const secret = { input: '{"password": "a long password"}' };
    const flags = ['--target', `@${target}`, '--no-gate', '--environments', 'production'];
    await cli.ok([...create, ...flags, '--credential-file', '-'], secret);
    await reaches('java', ['CURRENT']);
    expect(await shown('java')).toMatchObject({
      target: { path: 'java/keys.p12', layout: 'SYMLINK' },
      hasCredential: true,
      gate: false,
    });
    await cli.ok(['outlet', 'update', 'java', '--jwk', 'one', '--gate', '--path', 'java/one.p12', '--wait']);
    expect(await shown('java')).toMatchObject({
      source: { jwkName: 'one' },
      target: { path: 'java/one.p12', layout: 'RENAME' },
      environmentNames: ['production'],
      hasCredential: true,
      gate: true,
    });
    await cli.ok(['outlet', 'update', 'java', '--project-set', '--all-environments', '--content', 'JWKS']);
    expect(await shown('java')).toMatchObject({ source: null, environmentNames: null, content: 'JWKS' });
    expect(await cli.ok(['outlet', 'get', 'java'])).toMatch(/Source +set of the project\n/);
  });

  test('test ends with 1 where a trial fails, deliver writes again', async () => {
    await cli.ok(['outlet', 'create', 'both', '--kind', 'FILES', '--content', 'JWKS', '--path', 'both.json']);
    await expect
      .poll(async () => cli.ok(['outlet', 'list', '--search', 'both']), { timeout: 60_000 })
      .toMatch(/1 CURRENT, 1 FAILING\n/);
    const failed = await cli.run(['outlet', 'test', 'both']);
    expect([failed.code, failed.stdout]).toEqual([
      1,
      expect.stringMatching(/lab +bare +failed +.*--outlet-dir/),
    ]);
    const passed = await cli.ok(['outlet', 'test', 'gateway']);
    expect(passed).toMatch(/production +n1 +passed/);
    await writeFile(join(outletDir, 'MyProject', 'gateway/jwks.json'), 'damaged');
    const answer = await cli.ok(['outlet', 'deliver', 'gateway', '--force', '--wait']);
    expect(answer).toMatch(/^Requested a delivery of outlet gateway: Deployment completed successfully/);
    await expect.poll(() => delivered('gateway/jwks.json'), { timeout: 60_000 }).toContain('"keys"');
  });

  test('delete removes it and its files once it is confirmed', async () => {
    expect(await cli.ok(['outlet', 'delete', 'gateway', '--yes'])).toMatch(/^Deleted outlet gateway/);
    const file = join(outletDir, 'MyProject', 'gateway/jwks.json');
    await expect
      .poll(
        () =>
          access(file).then(
            () => true,
            () => false,
          ),
        { timeout: 30_000 },
      )
      .toBe(false);
    const absent = await cli.run(['outlet', 'get', 'gateway']);
    expect([absent.code, absent.stderr]).toEqual([4, expect.stringContaining('gateway')]);
  });

  test('takes a webhook by its flags, and refuses flags that contradict each other', async () => {
    const chat = ['outlet', 'create', 'chat', '--kind', 'WEBHOOK', '--credential-file', '-'];
    const address = ['--webhook-url', 'https://hooks.example.com/in', '--events', 'keyring.*, jwk.expiring'];
    const secret = `{"secret": "whsec_${Buffer.alloc(32, 7).toString('base64')}"}`;
    await cli.ok([...chat, ...address], { input: secret });
    expect(await shown('chat')).toMatchObject({
      content: 'EVENTS',
      target: { url: 'https://hooks.example.com/in', events: ['keyring.*', 'jwk.expiring'] },
      hasCredential: true,
    });
    const broken = await cli.run(chat, { input: 'whsec_plain' });
    expect([broken.code, broken.stderr]).toEqual([2, expect.not.stringContaining('whsec_plain')]);
    for (const [flags, says] of [
      [['--ring', 'orders', '--jwk', 'one'], 'Only one of --ring, --jwk'],
      [['--path', 'a', '--target', '{}'], 'Only one target is accepted'],
      [['--target', '-'], 'Standard input has room for one'],
    ] as const) {
      const refused = await cli.run([...chat, ...flags]);
      expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining(says)]);
    }
  });

  test('completes names of outlets and of their sources', async () => {
    const complete = async (...words: string[]) =>
      (await cli.ok(['__complete', ...words])).split('\n').map((line) => line.split('\t')[0]);
    expect(await complete('outlet', 'get', '')).toEqual(expect.arrayContaining(['both', 'chat', 'java']));
    expect(await complete('outlet', 'create', 'x', '--jwk', '')).toContain('one');
    expect(await complete('outlet', 'create', 'x', '--kind', 'V')).toContain('VAULT_KV');
    expect(await complete('outlet', 'create', 'x', '--environments', 'production,')).toContain(
      'production,lab',
    );
  });
});
