import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ProjectApi, projectApi, refusal } from '../api/support/project-api.ts';
import { fixtureDirectory } from '../formats/keystore-fixtures.ts';
import { startTestManager, type TestManager } from '../support/manager.ts';
import { removeTemporaryFolders, temporaryFolder } from '../system/support/temporary-folder.ts';
import { type CommandLine, commandLine } from './support/command-line.ts';

let world: TestManager;
let project: ProjectApi;
let cli: CommandLine;
let folder: string;
const passphrase = 'sample-pass';
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const encrypted = privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase });
const { x } = privateKey.export({ format: 'jwk' });

beforeAll(async () => {
  world = await startTestManager({ environments: ['production'] });
  await world.addNode('production', 'n1');
  project = projectApi(world.api);
  cli = await commandLine({
    KEYPLANE_URL: world.url,
    KEYPLANE_TOKEN: world.api.token,
    KEYPLANE_PROJECT: 'MyProject',
  });
  folder = await temporaryFolder();
  await writeFile(file('key.pem'), encrypted);
  await writeFile(file('passphrase'), `${passphrase}\n`);
});
afterAll(async () => {
  await cli.close();
  await world.close();
  await removeTemporaryFolders();
});
const file = (name: string) => join(folder, name);

describe('an encrypted key', () => {
  test('is stored with a passphrase out of a file, of standard input, of the environment or typed', async () => {
    const create = (name: string) => ['key', 'create', name, file('key.pem')];
    await cli.ok([...create('of-file'), '--passphrase-file', file('passphrase')]);
    await cli.ok([...create('of-input'), '--passphrase-stdin'], { input: `${passphrase}\n` });
    await cli.ok(create('of-environment'), { settings: { KEYPLANE_KEY_PASSPHRASE: passphrase } });
    const typed = await cli.inTerminal(create('typed'), [
      { after: /Passphrase of .*: /, type: `${passphrase}\r` },
    ]);
    expect(typed.stdout).not.toContain(passphrase);
    expect(await project.names('keys')).toEqual(['of-environment', 'of-file', 'of-input', 'typed']);
    await cli.ok(['key', 'update', 'typed', file('key.pem'), '--passphrase-file', file('passphrase')]);
    expect(
      await cli.ok(['key', 'inspect', file('key.pem'), '--passphrase-file', file('passphrase')]),
    ).toMatch(/Curve +P-256/);
  });

  test('is refused without its passphrase, and with another', async () => {
    const none = await cli.run(['key', 'create', 'refused', file('key.pem')]);
    expect(none).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--passphrase-file, --passphrase-stdin or'),
    });
    const wrong = await cli.run(['key', 'create', 'refused', file('key.pem'), '--passphrase-stdin'], {
      input: 'no',
    });
    expect(wrong).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('passphrase does not open the key!'),
    });
    const both = await cli.run(['key', 'create', 'refused', '-', '--passphrase-stdin'], { input: 'no' });
    expect(both.stderr).toContain('Standard input is the file: give the passphrase with --passphrase-file');
    expect(await project.names('keys')).not.toContain('refused');
  });

  test('makes a JWK, and is linted', async () => {
    const open = ['--passphrase-file', file('passphrase')];
    await cli.ok(['jwk', 'create', 'made', '--from-file', file('key.pem'), '--algorithm', 'ES256', ...open]);
    expect(await project.material('made')).toMatchObject({ x });
    expect(await cli.ok(['lint', file('key.pem'), ...open])).toContain('is a private key: sound');
    const wrong = await cli.run(['lint', file('key.pem'), '--passphrase-stdin'], { input: 'no' });
    expect(wrong).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('passphrase does not open the key!'),
    });
    expect(wrong.stdout).toContain('fix: Give the passphrase that it was encrypted with');
  });
});

describe('a file in an unsupported format', () => {
  test('is rejected with the error of the API by every command', async () => {
    const certificate = join(fixtureDirectory, 'keys/rsa.cert.pem');
    const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
    openssl('crl2pkcs7', '-nocrl', '-certfile', certificate, '-out', 'bundle.p7b');
    openssl(
      'req',
      '-new',
      '-key',
      join(fixtureDirectory, 'keys/rsa.key.pem'),
      '-subj',
      '/CN=a',
      '-out',
      'a.csr',
    );
    openssl('req', '-in', 'a.csr', '-outform', 'DER', '-out', 'a.der');
    for (const name of ['bundle.p7b', 'a.csr', 'a.der']) {
      const bytes = readFileSync(file(name));
      const content = bytes[0] === 0x30 ? bytes.toString('base64') : bytes.toString('utf8');
      const ofKey = refusal(await project.call('POST', 'keys/inspect/', { content }));
      const ofCertificate = refusal(
        await project.call('POST', 'certificates/inspect/', { pemEncodedFile: content }),
      );
      expect(ofKey).toMatch(/`openssl .* -in .* -out [^`]+`/);
      for (const [args, text] of [
        [['key', 'create', 'refused', file(name)], ofKey],
        [['key', 'inspect', file(name)], ofKey],
        [['cert', 'create', 'refused', file(name)], ofCertificate],
      ] as const) {
        expect((await cli.run(args)).stderr).toContain(text);
      }
    }
    const keystore = join(fixtureDirectory, 'java17/store.jceks');
    expect((await cli.run(['keystore', 'create', 'refused', keystore])).stderr).toContain(
      'Convert it with `keytool -importkeystore -srckeystore ',
    );
  });

  test('is linted with the command as its remedy', async () => {
    const { sources } = JSON.parse((await cli.run(['lint', file('a.csr'), '--json'])).stdout);
    expect(sources[0].findings[0]).toMatchObject({
      problem: 'Key content is a certificate request!',
      remedy: expect.stringContaining('`openssl req -in request.csr -pubkey -noout -out key.pem`'),
    });
  });
});

test('a certificate in DER is stored', async () => {
  const certificate = join(fixtureDirectory, 'keys/ec.cert.pem');
  execFileSync('openssl', ['x509', '-in', certificate, '-outform', 'DER', '-out', file('ec.der')]);
  await cli.ok(['cert', 'create', 'der', file('ec.der')]);
  expect(await project.names('certificates')).toEqual(['der']);
});

test('the entries of a keystore are listed with what is wrong with each', async () => {
  const password = { settings: { KEYPLANE_KEYSTORE_PASSWORD: 'changeit' } };
  const listed = await cli.ok(['keystore', 'inspect', join(fixtureDirectory, 'java17/store.jks')], password);
  expect(listed).toMatch(/ALIAS +KIND +KEY +SUBJECT +EXPIRES +PROBLEM/);
  expect(listed).toMatch(/dsa .*it is a DSA key/);
});
