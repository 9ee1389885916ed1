// Every form that cannot be uploaded names a command in back-quotes. Each test makes a real file of the form, takes the
// command from the error text, runs it with this file instead of the command's own, and uploads the result.

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accepted, type Body, type ProjectApi, projectApi, refusal } from '../api/support/project-api.ts';
import { type Answer, startTestManager, type TestManager } from '../support/manager.ts';

/** Bouncy Castle's jar, as for the keystores of `test/formats`. */
const { BCPROV } = process.env;
const hasTool = (tool: string) => spawnSync('which', [tool]).status === 0;
const without = (...tools: string[]) => tools.filter((tool) => !hasTool(tool));
const missing = [...without('openssl', 'ssh-keygen', 'keytool'), ...(BCPROV === undefined ? ['BCPROV'] : [])];
/** Its commands know ML-DSA since OpenSSL 3.5. */
const opensslHasMlDsa =
  hasTool('openssl') &&
  spawnSync('openssl', ['genpkey', '-algorithm', 'ML-DSA-65', '-out', '/dev/null']).status === 0;
if (!opensslHasMlDsa) missing.push('openssl 3.5');
if (missing.length > 0) console.info(`forms that are not converted here need: ${missing.join(', ')}`);

let world: TestManager;
let project: ProjectApi;
const folder = mkdtempSync(join(tmpdir(), 'keyplane-forms-'));
const passphrase = 'sample-pass';
let uploads = 0;
beforeAll(async () => {
  world = await startTestManager({ environments: ['production'] });
  project = projectApi(world.api);
  writeFileSync(join(folder, 'askpass'), `#!/bin/sh\necho ${passphrase}\n`, { mode: 0o700 });
  if (!hasTool('openssl')) return;
  openssl('genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ec.pem');
  openssl('genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out rsa.pem');
  openssl('req -x509 -new -key ec.pem -subj /CN=root -days 30 -out root.crt');
  openssl('req -new -key rsa.pem -subj /CN=leaf -out leaf.csr');
  openssl('x509 -req -in leaf.csr -CA root.crt -CAkey ec.pem -set_serial 7 -days 20 -out leaf.crt');
});
afterAll(async () => {
  await world.close();
  rmSync(folder, { recursive: true });
});

const path = (name: string) => join(folder, name);
const openssl = (args: string) => run('openssl', args.split(' '));
function run(program: string, args: readonly string[]): void {
  execFileSync(program, args, { cwd: folder, stdio: 'pipe' });
}
const join2 = (to: string, ...from: string[]) =>
  writeFileSync(path(to), Buffer.concat(from.map((name) => readFileSync(path(name)))));

/** A text where it is one, base64 otherwise: what a client does. */
function contentOf(name: string): string {
  const bytes = readFileSync(path(name));
  return bytes[0] === 0x30 ? bytes.toString('base64') : bytes.toString('utf8');
}

const uploadAs = {
  certificate: (name: string) => {
    uploads += 1;
    const own = { certificateName: `c${uploads}`, alias: `c${uploads}`, environmentList: 'production' };
    return project.certificate({ ...own, pemEncodedFile: new Blob([readFileSync(path(name))]) });
  },
  key: (name: string, keyType = 'PRIVATE_KEY', more: Body = {}) => {
    uploads += 1;
    const entry = { environmentName: 'production', content: contentOf(name), ...more };
    return project.call('POST', 'keys/', {
      name: `k${uploads}`,
      keyType,
      cryptoKeyInfoEnvironmentList: [entry],
    });
  },
  publicKey: (name: string): Promise<Answer> => uploadAs.key(name, 'PUBLIC_KEY'),
  encryptedKey: (name: string): Promise<Answer> => uploadAs.key(name, 'PRIVATE_KEY', { passphrase }),
  keystore: (name: string, keyStoreType = 'PKCS12') => {
    uploads += 1;
    const file = readFileSync(path(name)).toString('base64');
    const entry = { environmentName: 'production', file, password: passphrase, keyStoreType };
    return project.call('POST', 'keystores/', { name: `s${uploads}`, keyStoreEnvironmentList: [entry] });
  },
};

/** The one command of a refusal, which no mark may touch. */
function commandIn(answer: Answer): string {
  const text = refusal(answer);
  expect(answer.body.reason).toBe('FORM_NOT_SUPPORTED');
  const commands = [...text.matchAll(/`([^`]+)`/g)].map(([, command = '']) => command);
  expect(commands).toHaveLength(1);
  expect(text).not.toMatch(/!`|`!/);
  return commands[0] ?? '';
}

/**
 * Runs the command with `file` for its input and `out` for its output, as a reader of the error would.
 * @param typed what is typed on a terminal; there is none, so it is read from standard input
 */
function runCommand(
  command: string,
  { file, input, output }: { file: string; input: string; output: string },
  typed = '',
) {
  const own = command.replaceAll(input, path(file)).replaceAll(output, path('converted'));
  expect(own).toContain(path(file));
  rmSync(path('converted'), { force: true });
  // Each part gets all that is typed: the first one would read ahead what the second one needs.
  for (const part of own.split(' && ')) {
    // A session of its own has no terminal, on which OpenSSL would ask instead.
    const { status, stderr } = spawnSync('setsid', ['--wait', 'sh', '-c', part], {
      cwd: folder,
      input: typed,
      env: {
        ...process.env,
        SSH_ASKPASS: path('askpass'),
        SSH_ASKPASS_REQUIRE: 'force',
        DISPLAY: ':0',
      },
    });
    expect(status, `${part}\n${stderr}`).toBe(0);
  }
  expect(existsSync(path('converted')) || output === file || input === output).toBe(true);
}

type Upload = keyof typeof uploadAs;
interface Form {
  readonly file: string;
  readonly make: () => void;
  readonly refusedAs: Upload;
  readonly takenAs: Upload;
  /** Names in the command. */
  readonly input: string;
  readonly output: string;
  readonly typed?: string;
}

async function convert({ file, make, refusedAs, takenAs, input, output, typed }: Form): Promise<void> {
  make();
  const command = commandIn(await uploadAs[refusedAs](file));
  runCommand(command, { file, input, output }, typed);
  accepted(await uploadAs[takenAs]('converted'));
}

const bundle = (format: string) => () =>
  openssl(`crl2pkcs7 -nocrl -certfile leaf.crt -certfile root.crt -outform ${format} -out bundle`);
const request = (format: string) => () => openssl(`req -in leaf.csr -outform ${format} -out request`);
const explicit = (args: string) => () => openssl(`${args} -param_enc explicit -out explicit`);

test.skipIf(!opensslHasMlDsa)(
  'an ML-DSA key in its expanded form is taken once openssl has written the seed of the original key',
  async () => {
    openssl('genpkey -algorithm ML-DSA-65 -out both-forms');
    openssl('pkey -in both-forms -provparam ml-dsa.output_formats=priv-only -out expanded');
    const command = commandIn(await uploadAs.key('expanded'));
    runCommand(command, { file: 'both-forms', input: 'original.pem', output: 'key.pem' });
    accepted(await uploadAs.key('converted'));
    accepted(await uploadAs.key('both-forms'));
  },
);

describe.skipIf(!hasTool('openssl'))('a form that openssl converts', () => {
  test.each<[string, Form]>([
    ...(['PEM', 'DER'] as const).flatMap((format): [string, Form][] => [
      [
        `PKCS#7 in ${format} as a certificate`,
        {
          file: 'bundle',
          make: bundle(format),
          refusedAs: 'certificate',
          takenAs: 'certificate',
          input: 'bundle.p7b',
          output: 'certificates.pem',
        },
      ],
      [
        `PKCS#7 in ${format} as a key`,
        {
          file: 'bundle',
          make: bundle(format),
          refusedAs: 'key',
          takenAs: 'certificate',
          input: 'bundle.p7b',
          output: 'certificates.pem',
        },
      ],
      [
        `a certificate request in ${format} as a key`,
        {
          file: 'request',
          make: request(format),
          refusedAs: 'key',
          takenAs: 'publicKey',
          input: 'request.csr',
          output: 'key.pem',
        },
      ],
      [
        `a certificate request in ${format} as a certificate`,
        {
          file: 'request',
          make: request(format),
          refusedAs: 'certificate',
          takenAs: 'publicKey',
          input: 'request.csr',
          output: 'key.pem',
        },
      ],
      [
        `an EC key with explicit parameters in ${format}`,
        {
          file: 'explicit',
          make: explicit(`ec -in ec.pem -outform ${format}`),
          refusedAs: 'key',
          takenAs: 'key',
          input: 'key.pem',
          output: 'named.pem',
        },
      ],
      [
        `a public EC key with explicit parameters in ${format}`,
        {
          file: 'explicit',
          make: explicit(`ec -in ec.pem -pubout -outform ${format}`),
          refusedAs: 'publicKey',
          takenAs: 'publicKey',
          input: 'key.pem',
          output: 'named.pem',
        },
      ],
    ]),
    [
      'an EC key with explicit parameters in PKCS#8',
      {
        file: 'explicit',
        make: () =>
          openssl(
            'genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -pkeyopt ec_param_enc:explicit -out explicit',
          ),
        refusedAs: 'key',
        takenAs: 'key',
        input: 'key.pem',
        output: 'named.pem',
      },
    ],
    [
      'a certificate with trust settings',
      {
        file: 'trusted',
        make: () => openssl('x509 -in root.crt -trustout -addtrust serverAuth -out trusted'),
        refusedAs: 'certificate',
        takenAs: 'certificate',
        input: 'trusted.pem',
        output: 'certificate.pem',
      },
    ],
    [
      'a key and its certificate, as a key',
      {
        file: 'both',
        make: () => join2('both', 'rsa.pem', 'leaf.crt'),
        refusedAs: 'key',
        takenAs: 'key',
        input: 'both.pem',
        output: 'key.pem',
      },
    ],
    [
      'a certificate and its key, as a key',
      {
        file: 'both',
        make: () => join2('both', 'leaf.crt', 'root.crt', 'rsa.pem'),
        refusedAs: 'key',
        takenAs: 'key',
        input: 'both.pem',
        output: 'key.pem',
      },
    ],
    [
      'a private key and its public key',
      {
        file: 'both',
        make: () => {
          openssl('pkey -in rsa.pem -pubout -out rsa.pub');
          join2('both', 'rsa.pub', 'rsa.pem');
        },
        refusedAs: 'key',
        takenAs: 'key',
        input: 'both.pem',
        output: 'key.pem',
      },
    ],
    ...(['PEM', 'DER'] as const).map((format): [string, Form] => [
      `a certificate in ${format} as a public key`,
      {
        file: 'own',
        make: () => openssl(`x509 -in leaf.crt -outform ${format} -out own`),
        refusedAs: 'publicKey',
        takenAs: 'publicKey',
        input: 'certificate.pem',
        output: 'key.pem',
      },
    ]),
    [
      'a key and its certificate, as a certificate',
      {
        file: 'both',
        make: () => join2('both', 'rsa.pem', 'leaf.crt'),
        refusedAs: 'certificate',
        takenAs: 'certificate',
        input: 'both.pem',
        output: 'certificates.pem',
      },
    ],
    [
      'a key and a chain, as a certificate',
      {
        file: 'both',
        make: () => join2('both', 'rsa.pem', 'leaf.crt', 'root.crt'),
        refusedAs: 'certificate',
        takenAs: 'certificate',
        input: 'both.pem',
        output: 'certificates.pem',
      },
    ],
    [
      'a key and its certificate, as a keystore',
      {
        file: 'both',
        make: () => join2('both', 'rsa.pem', 'leaf.crt'),
        refusedAs: 'keystore',
        takenAs: 'keystore',
        input: 'both.pem',
        output: 'keystore.p12',
        typed: `${passphrase}\n${passphrase}\n`,
      },
    ],
    [
      'a key under an encryption of long ago',
      {
        file: 'old',
        make: () =>
          openssl(
            `pkcs8 -topk8 -in rsa.pem -v1 PBE-SHA1-RC4-128 -passout pass:${passphrase} -provider legacy -provider default -out old`,
          ),
        refusedAs: 'encryptedKey',
        takenAs: 'key',
        input: 'encrypted.pem',
        output: 'key.pem',
        typed: `${passphrase}\n`,
      },
    ],
    [
      'a key in DER under an encryption of long ago',
      {
        file: 'old',
        make: () =>
          openssl(
            `pkcs8 -topk8 -in rsa.pem -outform DER -v1 PBE-SHA1-RC4-128 -passout pass:${passphrase} -provider legacy -provider default -out old`,
          ),
        refusedAs: 'encryptedKey',
        takenAs: 'key',
        input: 'encrypted.pem',
        output: 'key.pem',
        typed: `${passphrase}\n`,
      },
    ],
    [
      'a traditional key under an encryption of long ago',
      {
        file: 'old',
        make: () =>
          openssl(
            `rsa -in rsa.pem -traditional -seed -passout pass:${passphrase} -provider legacy -provider default -out old`,
          ),
        refusedAs: 'encryptedKey',
        takenAs: 'key',
        input: 'encrypted.pem',
        output: 'key.pem',
        typed: `${passphrase}\n`,
      },
    ],
  ])('%s', async (_what, form) => convert(form));

  test.each([
    ['under an encryption of long ago', '-certpbe PBE-SHA1-RC4-128 -keypbe PBE-SHA1-RC4-128'],
    ['whose key alone is under an encryption of long ago', '-certpbe PBE-SHA1-3DES -keypbe PBE-SHA1-RC4-128'],
    ['with an integrity check of long ago', '-macalg md5'],
  ])('a keystore %s', async (_what, args) => {
    const legacy = `-passout pass:${passphrase} -provider legacy -provider default`;
    await convert({
      file: 'old',
      make: () => openssl(`pkcs12 -export -inkey rsa.pem -in leaf.crt ${args} ${legacy} -out old`),
      refusedAs: 'keystore',
      takenAs: 'keystore',
      input: 'keystore.p12',
      output: 'converted.p12',
      typed: `${passphrase}\n`.repeat(3),
    });
  });

  test('a revocation list names its issuer, whichever its encoding', async () => {
    writeFileSync(path('index'), '');
    writeFileSync(
      path('ca.cnf'),
      `[ca]\ndefault_ca=own\n[own]\ndatabase=${path('index')}\ndefault_md=sha256\ndefault_crl_days=9\n`,
    );
    openssl('ca -gencrl -config ca.cnf -cert root.crt -keyfile ec.pem -out list.pem');
    openssl('crl -in list.pem -outform DER -out list.der');
    for (const file of ['list.pem', 'list.der']) {
      for (const kind of ['key', 'certificate'] as const) {
        const command = commandIn(await uploadAs[kind](file)).replace('list.crl', path(file));
        expect(spawnSync('sh', ['-c', command], { encoding: 'utf8' }).stdout).toContain('root');
      }
    }
  });
});

describe.skipIf(!hasTool('ssh-keygen'))('a form that ssh-keygen converts', () => {
  test.each(['ed25519', 'rsa', 'ecdsa'])('an encrypted OpenSSH key: %s', async (type) => {
    run('ssh-keygen', ['-q', '-t', type, '-N', passphrase, '-f', path(`closed-${type}`)]);
    const command = commandIn(await uploadAs.key(`closed-${type}`));
    runCommand(command, { file: `closed-${type}`, input: 'id_key', output: 'id_key' });
    accepted(await uploadAs.key(`closed-${type}`));
  });

  test.each(['ed25519', 'rsa', 'ecdsa'])('a public OpenSSH key: %s', async (type) => {
    run('ssh-keygen', ['-q', '-t', type, '-N', '', '-f', path(`open-${type}`)]);
    const file = `open-${type}.pub`;
    const command = commandIn(await uploadAs.publicKey(file));
    runCommand(command, { file, input: 'key.pub', output: 'key.pem' });
    accepted(await uploadAs.publicKey('converted'));
  });

  test.each(['ed25519', 'rsa', 'ecdsa'])('a public key of RFC 4716: %s', async (type) => {
    run('ssh-keygen', ['-q', '-t', type, '-N', '', '-f', path(`ssh2-${type}`)]);
    const file = `ssh2-${type}.ssh2`;
    const comment = `Subject: somebody\nx-long: a value that \\\ngoes on\n`;
    const text = execFileSync('ssh-keygen', ['-e', '-m', 'RFC4716', '-f', path(`ssh2-${type}.pub`)], {
      encoding: 'utf8',
    });
    writeFileSync(path(file), text.replace('\n', `\n${comment}`));
    const command = commandIn(await uploadAs.publicKey(file)).replaceAll('key.pub', path('between.pub'));
    // The second command reads what the first one wrote.
    runCommand(command, { file, input: 'ssh2.pub', output: 'key.pem' });
    const converted = execFileSync('openssl', [
      'pkey',
      '-pubin',
      '-in',
      path('converted'),
      '-outform',
      'DER',
    ]);
    const blob = Buffer.from(readFileSync(path(`ssh2-${type}.pub`), 'utf8').split(' ')[1] ?? '', 'base64');
    expect(converted.includes(blob.subarray(-32))).toBe(true);
    accepted(await uploadAs.publicKey('converted'));
  });
});

const fixture = (name: string) => readFileSync(new URL(`../formats/fixtures/${name}`, import.meta.url));

describe.skipIf(!hasTool('keytool'))('a form that keytool converts', () => {
  const keytool = (args: string) => run('keytool', args.split(' '));
  const generate = (type: string, more = '') =>
    keytool(
      `-genkeypair -keystore ${type} -storetype ${type} -storepass ${passphrase} -keypass ${passphrase} -alias a -keyalg EC -dname CN=a${more}`,
    );
  const typed = `${passphrase}\n${passphrase}\n${passphrase}\n`;

  test('a JCEKS keystore', async () => {
    generate('JCEKS');
    const command = commandIn(await uploadAs.keystore('JCEKS', 'JKS'));
    runCommand(command, { file: 'JCEKS', input: 'keystore.jceks', output: 'keystore.p12' }, typed);
    accepted(await uploadAs.keystore('converted'));
  });

  test.each(['BKS', 'UBER', 'BCFKS'])(
    'a %s keystore is recognised, and its command names type and provider',
    async (type) => {
      writeFileSync(path('own'), fixture(`bouncy-castle/${type.toLowerCase()}.keystore`));
      expect(commandIn(await uploadAs.keystore('own'))).toBe(
        `keytool -importkeystore -srckeystore keystore.${type.toLowerCase()} -srcstoretype ${type} -destkeystore keystore.p12 -deststoretype PKCS12 -providerclass org.bouncycastle.jce.provider.BouncyCastleProvider -providerpath bcprov.jar`,
      );
    },
  );

  test.skipIf(BCPROV === undefined).each(['BKS', 'UBER', 'BCFKS'])('a %s keystore', async (type) => {
    const provider = ` -providerclass org.bouncycastle.jce.provider.BouncyCastleProvider -providerpath ${BCPROV}`;
    generate(type, provider);
    const command = commandIn(await uploadAs.keystore(type)).replace('bcprov.jar', BCPROV ?? '');
    runCommand(
      command,
      { file: type, input: `keystore.${type.toLowerCase()}`, output: 'keystore.p12' },
      typed,
    );
    accepted(await uploadAs.keystore('converted'));
  });
});
