// Forms of other programs that cannot be uploaded. Each test makes a real file, takes the command from the error text, runs
// it on this file, and uploads the result.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { jwkFromKeystoreKey } from '../../src/jose/key-pem.ts';
import { accepted, type ProjectApi, projectApi, refusal } from '../api/support/project-api.ts';
import { type Answer, startTestManager, type TestManager } from '../support/manager.ts';

const hasTool = (tool: string) => spawnSync('which', [tool]).status === 0;
const missing = ['openssl', 'ssh-keygen', 'puttygen'].filter((tool) => !hasTool(tool));
if (missing.length > 0) console.info(`forms that are not converted here need: ${missing.join(', ')}`);

const folder = mkdtempSync(join(tmpdir(), 'keyplane-foreign-'));
const path = (name: string) => join(folder, name);
const passphrase = 'sample-pass';
const run = (program: string, ...args: string[]) =>
  execFileSync(program, args, { cwd: folder, stdio: 'pipe', encoding: 'utf8' });
const openssl = (args: string) => run('openssl', ...args.split(' '));
const text = (name: string) => readFileSync(path(name), 'utf8');

let world: TestManager;
let project: ProjectApi;
let uploads = 0;
beforeAll(async () => {
  world = await startTestManager({ environments: ['production'] });
  project = projectApi(world.api);
  if (missing.includes('openssl')) return;
  openssl('genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out rsa.pem');
  openssl('genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ec.pem');
  openssl('ec -in ec.pem -param_enc explicit -out explicit.pem');
  openssl('req -x509 -new -key explicit.pem -subj /CN=explicit -days 9 -out explicit.crt');
  if (missing.includes('ssh-keygen')) return;
  for (const type of ['rsa', 'ecdsa', 'ed25519']) {
    run('ssh-keygen', '-q', '-t', type, '-N', '', '-C', 'me@here', '-f', path(type));
    run('ssh-keygen', '-q', '-s', path('rsa'), '-I', 'id', '-n', 'me', path(`${type}.pub`));
  }
});
afterAll(async () => {
  await world.close();
  rmSync(folder, { recursive: true });
});

const isText = (bytes: Buffer) => !bytes.includes(0);
/** @param alsoEncoded the same file as a client sends it that encodes every file */
function key(name: string, keyType: string, { alsoEncoded = false } = {}): Promise<Answer> {
  const bytes = readFileSync(path(name));
  const content = isText(bytes) && !alsoEncoded ? bytes.toString('utf8') : bytes.toString('base64');
  uploads += 1;
  return project.call('POST', 'keys/', {
    name: `k${uploads}`,
    keyType,
    cryptoKeyInfoEnvironmentList: [{ environmentName: 'production', content }],
  });
}
function certificate(name: string): Promise<Answer> {
  uploads += 1;
  const own = { certificateName: `c${uploads}`, alias: `c${uploads}`, environmentList: 'production' };
  return project.certificate({ ...own, pemEncodedFile: new Blob([readFileSync(path(name))]) });
}
function keystore(name: string, keyStoreType = 'PKCS12'): Promise<Answer> {
  uploads += 1;
  const file = readFileSync(path(name)).toString('base64');
  return project.call('POST', 'keystores/', {
    name: `s${uploads}`,
    keyStoreEnvironmentList: [{ environmentName: 'production', file, password: passphrase, keyStoreType }],
  });
}

/** The one command of a refusal. */
function commandIn(answer: Answer): string {
  const said = refusal(answer);
  expect(answer.body.reason).toBe('FORM_NOT_SUPPORTED');
  const commands = [...said.matchAll(/`([^`]+)`/g)].map(([, command = '']) => command);
  expect(commands).toHaveLength(1);
  return commands[0] ?? '';
}

/** Names in commands for the file of the user. */
const inputs = [
  'ssh2.pub',
  'key.pub',
  'ssh2.key',
  'key.blob',
  'key.pvk',
  'certificate.pem',
  'keystore.b64',
  'keystore.jks',
  'keystore.p12',
];

/** @returns the name of the file that the command wrote */
function converted(command: string, file: string): string {
  const [, output = ''] = /(?:-out|-o|>) ([\w.]+)(?: --new-passphrase \S+)?$/.exec(command) ?? [];
  const input = inputs.find((name) => command.includes(name)) ?? '-in key.pem';
  // `keytool` asks other questions where there is one already.
  rmSync(path('keystore.p12'), { force: true });
  const own = command.replaceAll(input, input.startsWith('-in') ? `-in ${path(file)}` : path(file));
  expect(own.includes(path(file)) || command.includes('genpkey')).toBe(true);
  rmSync(path(output), { force: true });
  for (const part of own.split(' && ')) {
    const { status, stderr } = spawnSync('setsid', ['--wait', 'sh', '-c', part], {
      cwd: folder,
      // `keytool` asks for three.
      input: `${passphrase}\n`.repeat(3),
      encoding: 'utf8',
    });
    expect(status, `${part}\n${stderr}`).toBe(0);
  }
  return output;
}

const pairOf = (name: string) => ({ file: name, blob: text(name).split(' ')[1] ?? '' });

describe.skipIf(!hasTool('ssh-keygen') || !hasTool('openssl'))('a public key of OpenSSH', () => {
  const lines: readonly (readonly [string, (line: string) => string])[] = [
    ['with options', (line) => `from="10.0.0.1",no-pty ${line}`],
    ['behind the names of its hosts', (line) => `example.com,10.0.0.1 ${line}`],
    ['below comments', (line) => `# laptop\n\n${line}`],
    ['with tabs', (line) => line.replaceAll(' ', '\t')],
    ['without a comment and with CRLF', (line) => `${line.trim().split(' ').slice(0, 2).join(' ')}\r\n`],
  ];

  test.each(
    lines.flatMap(([form, change]) =>
      ['rsa', 'ecdsa', 'ed25519'].map((type) => [form, type, change] as const),
    ),
  )('%s is converted by the command: %s', async (_form, type, change) => {
    writeFileSync(path('line'), change(text(`${type}.pub`)));
    const command = commandIn(await key('line', 'PUBLIC_KEY'));
    expect(commandIn(await key('line', 'PUBLIC_KEY', { alsoEncoded: true }))).toBe(command);
    accepted(await key(converted(command, 'line'), 'PUBLIC_KEY'));
    requireSameKey(type);
  });

  test.each(['rsa', 'ecdsa', 'ed25519'])(
    'that a CA has signed is converted by the command: %s',
    async (type) => {
      const command = commandIn(await key(`${type}-cert.pub`, 'PUBLIC_KEY'));
      accepted(await key(converted(command, `${type}-cert.pub`), 'PUBLIC_KEY'));
      requireSameKey(type);
    },
  );

  /** The point or the modulus of the converted file is that of the original. */
  function requireSameKey(type: string): void {
    const { blob } = pairOf(`${type}.pub`);
    const der = execFileSync('openssl', ['pkey', '-pubin', '-in', path('key.pem'), '-outform', 'DER']);
    // The numbers of an RSA key stand in another order, so its end is not the end of the blob.
    const octets = Buffer.from(blob, 'base64');
    expect(der.includes(octets.subarray(-32))).toBe(true);
  }

  test.each([
    ['ssh-dss', 'AAAAB3NzaC1kc3MAAACBAP'],
    ['sk-ssh-ed25519@openssh.com', 'AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29tAAAAIA'],
    ['sk-ecdsa-sha2-nistp256@openssh.com', 'AAAAInNrLWVjZHNhLXNoYTItbmlzdHAyNTZAb3BlbnNzaC5jb20AAAAI'],
  ])('of the type %s is refused, because no JOSE algorithm uses it', async (type, blob) => {
    writeFileSync(path('line'), `${type} ${blob} me@here\n`);
    const answer = await key('line', 'PUBLIC_KEY');
    expect(refusal(answer)).toContain(
      `is an OpenSSH public key of the type ${type}, which no JOSE algorithm uses! `,
    );
    accepted(await key(converted(commandIn(answer), 'line'), 'PRIVATE_KEY'));
  });

  const whole = (file: string) => file;
  const withPrivateTag = (file: string) => file.replace(/^Comment:.*$/m, 'x.tag: v');

  test.each([
    ['rsa', 'whole', whole],
    ['rsa', 'with a header of a private tag', withPrivateTag],
    // Its command differs from that for most types.
    ['ed25519', 'with a header of a private tag', withPrivateTag],
  ])('in the form of RFC 4716 is converted by the command: %s, %s', async (type, _form, change) => {
    writeFileSync(path('line'), change(run('ssh-keygen', '-e', '-m', 'RFC4716', '-f', path(`${type}.pub`))));
    const command = commandIn(await key('line', 'PUBLIC_KEY'));
    expect(command).toContain('ssh-keygen -i -m RFC4716');
    accepted(await key(converted(command, 'line'), 'PUBLIC_KEY'));
    requireSameKey(type);
  });

  test('in the form of RFC 4716 that is cut off is named as such', async () => {
    writeFileSync(path('line'), '---- BEGIN SSH2 PUBLIC KEY ----\nAAA=\n---- END SSH2 PUBLIC KEY ----\n');
    const answer = await key('line', 'PUBLIC_KEY');
    expect(refusal(answer)).toContain('is a public key in the format of RFC 4716 (SSH2 PUBLIC KEY)! ');
    expect(commandIn(answer)).toContain('ssh-keygen -i -m RFC4716');
  });

  test('is not looked for in what has a PEM block', async () => {
    writeFileSync(path('line'), `Bag Attributes\n    friendlyName: ssh-rsa AAAAB3Nza\n${text('ec.pem')}`);
    accepted(await key('line', 'PRIVATE_KEY'));
  });
});

describe.skipIf(!hasTool('puttygen'))('a private key of ssh.com', () => {
  test('is converted by the command', async () => {
    writeFileSync(path('none'), '');
    run('puttygen', '-t', 'rsa', '-b', '2048', '-o', 'rsa.ppk', '--new-passphrase', path('none'), '-q');
    run('puttygen', 'rsa.ppk', '-O', 'private-sshcom', '-o', 'rsa.sshcom');
    const command = commandIn(await key('rsa.sshcom', 'PRIVATE_KEY'));
    accepted(await key(converted(command, 'rsa.sshcom'), 'PRIVATE_KEY'));
  });
});

describe.skipIf(!hasTool('openssl'))('a form that openssl converts', () => {
  const legacy = '-provider legacy -provider default';
  test.each([
    ['MSBLOB', 'rsa -in rsa.pem -outform MSBLOB -out foreign', 'PRIVATE_KEY'],
    ['a public MSBLOB', 'rsa -in rsa.pem -pubout -outform MSBLOB -out foreign', 'PUBLIC_KEY'],
    ['PVK', 'rsa -in rsa.pem -outform PVK -pvk-none -out foreign', 'PRIVATE_KEY'],
    [
      'PVK under a passphrase',
      `rsa -in rsa.pem -outform PVK -pvk-strong -passout pass:${passphrase} ${legacy} -out foreign`,
      'PRIVATE_KEY',
    ],
    [
      'a public EC key with a hybrid point',
      'ec -in ec.pem -pubout -conv_form hybrid -out foreign',
      'PUBLIC_KEY',
    ],
    ['an EC key with a hybrid point', 'ec -in ec.pem -conv_form hybrid -out foreign', 'PRIVATE_KEY'],
    [
      'an EC key with a hybrid point in DER',
      'ec -in ec.pem -conv_form hybrid -outform DER -out foreign',
      'PRIVATE_KEY',
    ],
  ])('%s', async (_form, make, keyType) => {
    openssl(make);
    const answer = await key('foreign', keyType);
    expect(refusal(await certificate('foreign'))).not.toBe('');
    accepted(await key(converted(commandIn(answer), 'foreign'), keyType));
  });

  test.each(['PEM', 'DER'])(
    'a certificate in %s whose curve is given by explicit parameters',
    async (format) => {
      openssl(`x509 -in explicit.crt -outform ${format} -out foreign`);
      const command = commandIn(await certificate('foreign'));
      accepted(await key(converted(command, 'foreign'), 'PUBLIC_KEY'));
    },
  );

  test('a keystore whose key has a curve that is given by explicit parameters', async () => {
    openssl(
      `pkcs12 -export -inkey explicit.pem -in explicit.crt -name a -passout pass:${passphrase} -out foreign`,
    );
    accepted(await keystore('foreign'));
    const own = { name: 'explicit', sourceType: 'KEYSTORE', environmentName: 'production', aliasName: 'a' };
    const answer = await project.call('POST', 'jwks/', {
      ...own,
      keyStoreName: `s${uploads}`,
      useType: 'SIGNATURE',
      algorithm: 'ES256',
    });
    const command = commandIn(answer);
    expect(command).toContain('keystore.p12');
    const [entry] = (await project.call('GET', `keystores/s${uploads}/entries/?environmentName=production`))
      .body.resultList as readonly { problem: string }[];
    expect(entry?.problem).toContain(command);
    accepted(await key(converted(command, 'foreign'), 'PRIVATE_KEY'));
  });

  test.each(['PEM', 'DER'])('a certificate in %s with a hybrid point', async (format) => {
    openssl('ec -in ec.pem -conv_form hybrid -out hybrid.pem');
    openssl(`req -x509 -new -key hybrid.pem -subj /CN=hybrid -days 9 -outform ${format} -out foreign`);
    const output = converted(commandIn(await certificate('foreign')), 'foreign');
    accepted(await key(output, 'PUBLIC_KEY'));
    expect(text(output)).toBe(openssl('pkey -in ec.pem -pubout'));
  });

  const pfx = (name: string, keyFile: string, alias: string) =>
    openssl(
      `pkcs12 -export -inkey ${keyFile} -in own.crt -name ${alias} -passout pass:${passphrase} -out ${name}`,
    );
  const keytool = (source: string, target: string, type: string) =>
    run(
      'keytool',
      ...`-importkeystore -noprompt -srckeystore ${source} -srcstorepass ${passphrase}`.split(' '),
      ...`-destkeystore ${target} -deststoretype ${type} -deststorepass ${passphrase}`.split(' '),
    );
  const jwkOf = (aliasName: string) =>
    project.call('POST', 'jwks/', {
      name: `j${uploads}`,
      sourceType: 'KEYSTORE',
      environmentName: 'production',
      aliasName,
      keyStoreName: `s${uploads}`,
      useType: 'SIGNATURE',
      algorithm: 'ES256',
    });

  /** `keytool` reads a key with a hybrid point where its certificate has none. */
  function twoKeys(type: string): void {
    openssl('ec -in ec.pem -conv_form hybrid -out hybrid.pem');
    openssl('genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out other.pem');
    for (const [file, keyFile, certified, alias] of [
      ['first.p12', 'other.pem', 'other.pem', 'first'],
      ['second.p12', 'hybrid.pem', 'ec.pem', 'my.second'],
    ] as const) {
      openssl(`req -x509 -new -key ${certified} -subj /CN=own -days 9 -out own.crt`);
      pfx(file, keyFile, alias);
      keytool(file, 'foreign', type);
    }
  }

  test.skipIf(!hasTool('keytool')).each(['JKS', 'PKCS12'])(
    'the second key of a %s keystore, whose point is hybrid',
    async (type) => {
      rmSync(path('foreign'), { force: true });
      twoKeys(type);
      accepted(await keystore('foreign', type));
      const output = converted(commandIn(await jwkOf('my.second')), 'foreign');
      accepted(await key(output, 'PRIVATE_KEY'));
      expect(openssl(`pkey -in ${output} -pubout`)).toBe(openssl('pkey -in ec.pem -pubout'));
    },
  );

  test.skipIf(!hasTool('keytool'))('the only key of a JKS keystore, whose point is hybrid', async () => {
    rmSync(path('foreign'), { force: true });
    openssl('ec -in ec.pem -conv_form hybrid -out hybrid.pem');
    openssl('req -x509 -new -key ec.pem -subj /CN=own -days 9 -out own.crt');
    pfx('second.p12', 'hybrid.pem', 'only');
    keytool('second.p12', 'foreign', 'JKS');
    accepted(await keystore('foreign', 'JKS'));
    const output = converted(commandIn(await jwkOf('only')), 'foreign');
    accepted(await key(output, 'PRIVATE_KEY'));
    expect(openssl(`pkey -in ${output} -pubout`)).toBe(openssl('pkey -in ec.pem -pubout'));
  });

  test.each([
    { type: 'JKS', alias: 'a' },
    { type: 'PKCS12', isOnlyKey: false },
    { type: 'PKCS12', isOnlyKey: false, name: "a'; touch b; '" },
  ] as const)('no command reads a key at %j', (origin) => {
    const pkcs8 = execFileSync('openssl', [
      'pkcs8',
      '-topk8',
      '-nocrypt',
      '-in',
      path('explicit.pem'),
      '-outform',
      'DER',
    ]);
    expect(() => jwkFromKeystoreKey(pkcs8, origin)).toThrow(
      '! Write this key alone to a PEM file with the program that made it, convert the file with `openssl ec -in key.pem ',
    );
  });

  test.each(['one line', 'many lines', 'lines with CRLF'])('a keystore as base64 in %s', async (form) => {
    openssl('req -x509 -new -key rsa.pem -subj /CN=a -days 9 -out rsa.crt');
    openssl(`pkcs12 -export -inkey rsa.pem -in rsa.crt -name a -passout pass:${passphrase} -out own.p12`);
    const base64 = readFileSync(path('own.p12')).toString('base64');
    const lineEnd = form === 'many lines' ? '\n' : '\r\n';
    writeFileSync(path('foreign'), form === 'one line' ? base64 : base64.replace(/.{76}/g, `$&${lineEnd}`));
    const command = commandIn(await keystore('foreign'));
    accepted(await keystore(converted(command, 'foreign')));
  });
});

describe('an OpenPGP key', () => {
  const armoured =
    '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQENBGk=\n=abcd\n-----END PGP PUBLIC KEY BLOCK-----\n';
  test.each([
    ['in ASCII', Buffer.from(armoured)],
    ['a public key in binary', Buffer.concat([Buffer.from('99010d04692c', 'hex'), Buffer.alloc(20)])],
    ['a secret key in binary', Buffer.concat([Buffer.from('95035804692c', 'hex'), Buffer.alloc(20)])],
    ['a public key of version 6', Buffer.concat([Buffer.from('c62a06692c', 'hex'), Buffer.alloc(20)])],
  ])('%s is recognised, encoded or not', async (_form, bytes) => {
    writeFileSync(path('foreign'), bytes);
    for (const alsoEncoded of [false, true]) {
      expect(refusal(await key('foreign', 'PUBLIC_KEY', { alsoEncoded }))).toContain(
        'is an OpenPGP key, which no JOSE algorithm uses! ',
      );
    }
    expect(refusal(await certificate('foreign'))).toContain('is an OpenPGP key');
  });
});

test.each([
  ['a JWK', '{"kty":"oct"}', 'is JSON! '],
  ['a JWT', 'eyJhbGciOiJub25lIn0.e30.', 'is a JWT, '],
])('%s where a key belongs is named, encoded or not', async (_what, content, said) => {
  writeFileSync(path('foreign'), content);
  for (const alsoEncoded of [false, true])
    expect(refusal(await key('foreign', 'PUBLIC_KEY', { alsoEncoded }))).toContain(said);
});
