import { generateKeyPairSync } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixtureDirectory } from '../formats/keystore-fixtures.ts';
import { startHttpServer } from '../support/http-servers.ts';
import { startTestManager, type TestManager } from '../support/manager.ts';
import { type CommandLine, commandLine } from './support/command-line.ts';

let world: TestManager;
let cli: CommandLine;
beforeAll(async () => {
  world = await startTestManager({
    environments: ['production'],
    settings: { KEYPLANE_URL_ALLOW: '127.0.0.1' },
  });
  await world.addNode('production', 'n1');
  cli = await commandLine({ KEYPLANE_URL: world.url, KEYPLANE_TOKEN: world.api.token });
});
afterAll(async () => {
  await cli.close();
  await world.close();
});

const opened = { settings: { KEYPLANE_KEYSTORE_PASSWORD: 'changeit' } };
const fixture = (path: string) => join(fixtureDirectory, path);
const fromFile = (name: string, path: string, ...more: string[]) =>
  cli.run(['jwk', 'create', name, '--from-file', path, ...more], opened);
const get = (name: string) => cli.json(['jwk', 'get', name]).then(({ resultList }) => resultList[0]);

async function fileWith(name: string, text: string): Promise<string> {
  const path = join(world.dataDir, name);
  await writeFile(path, text);
  return path;
}

function ecJwk(kid?: string): Record<string, unknown> {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { ...publicKey.export({ format: 'jwk' }), ...(kid !== undefined && { kid }) };
}

describe('a JWK from a file', () => {
  test.each([
    ['a PKCS12 keystore', 'openssl3/default.p12', ['--algorithm', 'RS256'], 'RSA', 'KEYSTORE'],
    ['a JKS keystore', 'java25/store.jks', ['--algorithm', 'PS256'], 'RSA', 'KEYSTORE'],
    ['a certificate', 'keys/ec.cert.pem', [], 'EC', 'CERTIFICATE'],
    ['a private key', 'keys/ed25519.key.pem', [], 'OKP', 'PRIVATE_KEY'],
  ])(
    'that is %s is created in one command, which prints what it chose',
    async (kind, path, more, type, source) => {
      const name = path.replace(/\W/g, '-');
      const { code, stdout, stderr } = await fromFile(name, fixture(path), ...more);
      expect(stderr).toContain(`is ${kind}`);
      expect(code).toBe(0);
      expect(stdout).toMatch(/^Created JWK .*\nENVIRONMENT +RESULT\nproduction +Deployed successfully\n$/);
      if (source === 'KEYSTORE') expect(stderr).toMatch(/Alias \S+: the only one/);
      if (more.length === 0) expect(stderr).toMatch(/Algorithm \S+: the only one for signatures that fits/);
      expect(await get(name)).toMatchObject({ type, sourceType: source });
    },
  );

  test('that is DER, or base64 of it, gives the same JWK as PEM', async () => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
    const der = publicKey.export({ type: 'spki', format: 'der' });
    const path = join(world.dataDir, 'public.der');
    await writeFile(path, der);
    expect((await fromFile('der', path)).stderr).toContain('is a public key');
    const base64 = await fileWith('public.b64', der.toString('base64'));
    expect(await fromFile('base64', base64)).toMatchObject({ code: 0 });
    expect(await get('base64')).toMatchObject({ algorithm: 'ES384', sourceType: 'PUBLIC_KEY' });
  });

  test('that is a JWK without use and alg takes both from the flags, and its warnings are shown', async () => {
    const { use: _use, alg: _alg, kid: _kid, ...bare } = ecJwk('x');
    const path = await fileWith('bare.json', JSON.stringify({ ...bare, kid: null }));
    const created = await fromFile('bare', path, '--use', 'sig', '--algorithm', 'ES256', '--kid', 'bare');
    expect(created).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('Warning: kid is null; it was left out'),
    });
    expect(await get('bare')).toMatchObject({ kid: 'bare', use: 'sig', algorithm: 'ES256' });
    const looked = await cli.run(['jwk', 'inspect', '--from-file', path]);
    expect(looked.stderr).toContain('kid is null; it was left out');
    const imported = await cli.run([
      'jwk',
      'import',
      'bare-2',
      path,
      '--use',
      'enc',
      '--algorithm',
      'ECDH-ES',
      '--kid',
      'bare-2',
    ]);
    expect(imported).toMatchObject({ code: 0, stderr: expect.stringContaining('Warning: kid is null') });
    expect(await get('bare-2')).toMatchObject({ use: 'enc', algorithm: 'ECDH-ES' });
    expect(await cli.json(['jwk', 'update', 'bare', '--from-file', path, '--kid', 'bare'])).toMatchObject({
      warnings: ['kid is null; it was left out'],
    });
  });

  test('that is a JWK Set needs its kid, and takes no alias and no environment', async () => {
    const path = await fileWith('set.json', JSON.stringify({ keys: [ecJwk('a'), ecJwk('b')] }));
    const without = await fromFile('of-set', path);
    expect(without).toMatchObject({ code: 1, stderr: expect.stringContaining('Available values: a, b') });
    for (const flag of ['--alias', '--environment']) {
      expect((await fromFile('of-set', path, flag, 'x')).code, flag).toBe(2);
    }
    expect((await fromFile('of-set', path, '--kid', 'b')).code).toBe(0);
    expect(await get('of-set')).toMatchObject({ kid: 'b' });
  });

  test('comes on standard input as well', async () => {
    const input = JSON.stringify(ecJwk('piped'));
    await cli.ok(['jwk', 'create', 'piped', '--from-file', '-'], { input });
    expect(await get('piped')).toMatchObject({ kid: 'piped', sourceType: 'COPY_PASTE' });
  });

  test('that leaves a choice open names the flag, and nothing is stored', async () => {
    const alias = await fromFile('undecided', fixture('java17/default.p12'));
    expect(alias).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--alias with one of: rsa, ec,'),
    });
    const algorithm = await fromFile('undecided', fixture('java17/default.p12'), '--alias', 'rsa');
    expect(algorithm).toMatchObject({ code: 2, stderr: expect.stringContaining('one of: RS256, RS384') });
    const password = await cli.run([
      'jwk',
      'create',
      'undecided',
      '--from-file',
      fixture('java17/default.p12'),
    ]);
    expect(password.stderr).toContain('--password-stdin or KEYPLANE_KEYSTORE_PASSWORD');
    const unsound = await fromFile(
      'open',
      fixture('java17/default.p12'),
      '--alias',
      'none',
      '--algorithm',
      'RS256',
    );
    expect(unsound.code).not.toBe(0);
    expect(await cli.json(['keystore', 'list', '--search', 'undecided'])).toMatchObject({ resultCount: 0 });
  });

  test('prompts for the choice in a terminal', async () => {
    const file = fixture('java17/default.p12');
    const args = ['jwk', 'create', 'chosen', '--from-file', file, '--kid', 'chosen'];
    const { code, stdout } = await cli.inTerminal(args, [
      { after: /Password of/, type: 'changeit\r' },
      { after: /1 to 4: /, type: '1\r' },
      { after: /1 to 6: /, type: 'PS384\r' },
    ]);
    expect(stdout).toContain('Created JWK chosen');
    expect(code).toBe(0);
    expect(await get('chosen')).toMatchObject({ algorithm: 'PS384', kid: 'chosen' });
  });

  test('that is rejected after its material was stored names the material and the next command', async () => {
    const refused = await fromFile('half', fixture('keys/ec.cert.pem'), '--kid', 'a\u0007b');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(
      /Certificate half is stored, the JWK is not: kid holds a control character/,
    );
    const [, again = ''] = /Continue with: keyplane (.*?);/.exec(refused.stderr) ?? [];
    await cli.ok(again.split(' '));
    const taken = await fromFile('half', fixture('keys/ec.cert.pem'), '--material-name', 'never');
    expect(taken).toMatchObject({ code: 1, stderr: expect.stringContaining('JWK half exists already') });
    expect((await cli.run(['cert', 'get', 'never'])).code).toBe(4);
  });

  test.each([
    ['', 'The file is empty!'],
    ['what is this', 'No JWK can be created from the file!'],
    ['{"kty": ', 'The file is not valid JSON'],
  ])('that holds %j is rejected with the reason', async (text, says) => {
    const result = await fromFile('nothing', await fileWith('nothing', text));
    expect(result).toMatchObject({ code: 1, stderr: expect.stringContaining(says) });
  });
});

describe('a JWK from elsewhere', () => {
  test('follows its URL, and is chosen from a set by its kid', async () => {
    const keys = [ecJwk('one'), ecJwk('two')];
    const server = await startHttpServer((_request, response) => response.end(JSON.stringify({ keys })));
    try {
      const url = ['--from-url', `${server.origin}/jwks`];
      const looked = await cli.json(['jwk', 'inspect', ...url]);
      expect(looked.resultList.map(({ kid }: { kid: string }) => kid)).toEqual(['one', 'two']);
      await cli.ok(['jwk', 'create', 'followed', ...url, '--kid', 'two', '--refresh', 'P1D']);
      expect(await get('followed')).toMatchObject({
        kid: 'two',
        refreshInterval: 'P1D',
        sourceState: 'FRESH',
      });
      await cli.ok(['jwk', 'update', 'followed', '--detach', '--description', 'kept']);
      expect(await get('followed')).toMatchObject({ sourceUrl: null, description: 'kept' });
    } finally {
      await server.close();
    }
  });

  test('is created from material of the project, in the only environment of that material', async () => {
    await cli.ok(['keystore', 'create', 'shared', fixture('java25/store.jks')], opened);
    const { stderr } = await cli.run([
      'jwk',
      'create',
      'of-shared',
      '--from-keystore',
      'shared',
      '--algorithm',
      'RS512',
    ]);
    expect(stderr).toContain('Environment production: the only one');
    expect(await get('of-shared')).toMatchObject({ algorithm: 'RS512', sourceType: 'KEYSTORE' });
    expect(await cli.ok(['keystore', 'references', 'shared'])).toContain('of-shared');
    expect(await cli.ok(['keystore', 'entries', 'shared'])).toMatch(/rsa +PRIVATE_KEY +RSA 2048 +CN=Leaf/);
  });
});

describe('the life of a JWK', () => {
  test('is generated, shown, exported, given a new value and deleted', async () => {
    await cli.ok(['jwk', 'generate', 'made', '--type', 'ec', '--curve', 'P-384', '--kid', 'first']);
    expect(await cli.ok(['jwk', 'list'])).toMatch(
      /^NAME +TYPE.*\n(.*\n)*made +EC +P-384 +sig +ES384 +first +GENERATE/m,
    );
    expect(await cli.ok(['jwk', 'get', 'made'])).toMatch(
      /Thumbprint +\S{43}\n[\s\S]*-----BEGIN PUBLIC KEY-----/,
    );
    const out = join(world.dataDir, 'made.pem');
    await cli.ok(['jwk', 'export', 'made', '--format', 'pem', '--out', out]);
    expect((await stat(out)).mode & 0o777).toBe(0o600);
    expect(await readFile(out, 'utf8')).toContain('PRIVATE KEY');
    expect((await cli.run(['jwk', 'export', 'made', '--out', out])).code).toBe(2);
    const exported = JSON.parse(await cli.ok(['jwk', 'export', 'made', '--public']));
    expect(exported.keys[0]).not.toHaveProperty('d');
    const file = await fileWith('again.json', JSON.stringify(ecJwk('second')));
    await cli.ok(['jwk', 'update', 'made', '--from-file', file]);
    expect(await get('made')).toMatchObject({ kid: 'second' });
    expect(await cli.ok(['jwk', 'deployment', 'made'])).toMatch(/production +n1 +yes +yes/);
    const actions = (await cli.json(['jwk', 'history', 'made'])).resultList.map(
      (one: { action: string }) => one.action,
    );
    expect(actions).toEqual(['jwk.update', 'jwk.reveal', 'jwk.create']);
    expect(await cli.run(['jwk', 'delete', 'made'])).toMatchObject({ code: 2 });
    expect(await cli.ok(['jwk', 'delete', 'made', '--yes'])).toContain('Undeployed successfully');
    expect((await cli.run(['jwk', 'get', 'made'])).code).toBe(4);
  });

  test('is generated of a key type that is of one algorithm, which is its only parameter', async () => {
    await cli.ok(['jwk', 'generate', 'pq', '--type', 'akp', '--algorithm', 'ML-DSA-65']);
    expect(await get('pq')).toMatchObject({ type: 'AKP', algorithm: 'ML-DSA-65', use: 'sig' });
    expect(await cli.ok(['jwk', 'list', '--type', 'AKP'])).toMatch(/^pq +AKP +\S* *sig +ML-DSA-65 /m);
    const values = 'Valid values: ML-DSA-44, ML-DSA-65, ML-DSA-87';
    for (const [flags, text] of [
      [[], `--algorithm is required with --type AKP. ${values}`],
      [['--size', '65'], '--size does not go with --type AKP: give --algorithm'],
      [['--curve', 'P-256'], '--curve does not go with --type AKP: give --algorithm'],
    ] as const) {
      const rejected = await cli.run(['jwk', 'generate', 'x', '--type', 'AKP', ...flags]);
      expect(rejected).toMatchObject({ code: 2, stderr: `keyplane: ${text}\n` });
    }
  });

  test('shows no private member unless it is asked for, which is put on record', async () => {
    await cli.ok(['jwk', 'generate', 'quiet', '--type', 'OCT', '--size', '256']);
    expect(await get('quiet')).not.toHaveProperty('oct.k');
    const { resultList } = await cli.json(['jwk', 'get', 'quiet', '--private']);
    expect(JSON.stringify(resultList[0].oct)).toMatch(/"k":"/);
    expect(await cli.ok(['jwk', 'history', 'quiet'])).toContain('jwk.reveal');
  });

  test('is imported as a file, as it is', async () => {
    const path = await fileWith('import.json', JSON.stringify({ keys: [ecJwk('x'), ecJwk('y')] }));
    expect(await cli.ok(['jwk', 'import', 'imported', path, '--kid', 'y'])).toContain('Imported JWK');
    expect(await get('imported')).toMatchObject({ kid: 'y' });
  });

  test('passes no control characters from the server to the terminal', async () => {
    const description = 'red \u001b[31m and \u202e turned';
    await cli.ok(['project', 'create', 'Signs', '--description', description]);
    const table = await cli.ok(['project', 'list']);
    expect(table).toContain('red ?[31m and ? turned');
    expect((await cli.ok(['project', 'list', '--json'])).includes('\u202e')).toBe(false);
    const { resultList } = await cli.json(['project', 'list', '--search', 'Signs']);
    expect(resultList[0].description).toBe(description);
    await cli.ok(['project', 'delete', 'Signs', '--yes']);
  });
});
