// Content of one kind under the label of another, in PEM and DER, uploaded where each kind belongs: it is taken, or the
// error names where to upload it or a command, which is run on this very file.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accepted, type ProjectApi, projectApi } from '../api/support/project-api.ts';
import { type Answer, startTestManager, type TestManager } from '../support/manager.ts';

const hasOpenssl = spawnSync('which', ['openssl']).status === 0;
if (!hasOpenssl) console.info('labels of files are not tested here: openssl is missing');

const folder = mkdtempSync(join(tmpdir(), 'keyplane-labels-'));
const path = (name: string) => join(folder, name);
const password = 'sample-pass';
let world: TestManager;
let project: ProjectApi;
let uploads = 0;
beforeAll(async () => {
  world = await startTestManager({ environments: ['production'] });
  project = projectApi(world.api);
});
afterAll(async () => {
  await world.close();
  rmSync(folder, { recursive: true });
});

type Place = 'key' | 'public key' | 'certificate' | 'keystore';
interface Content {
  /** Arguments of openssl, which writes DER to `out`. */
  readonly make: readonly string[];
  readonly label: string;
  /** Where its DER is taken as it is. */
  readonly takenAs: Place | undefined;
  /** What a command writes of it, where it has one. */
  readonly converted?: Place | 'issuer';
  readonly passphrase?: true;
}

const legacy = '-provider legacy -provider default';
const contents: Readonly<Record<string, Content>> = {
  'PKCS#8 key': { make: ['pkey -in ec.pem -outform DER'], label: 'PRIVATE KEY', takenAs: 'key' },
  'PKCS#1 key': {
    make: ['rsa -in rsa.pem -traditional -outform DER'],
    label: 'RSA PRIVATE KEY',
    takenAs: 'key',
  },
  'SEC 1 key': { make: ['ec -in ec.pem -outform DER'], label: 'EC PRIVATE KEY', takenAs: 'key' },
  'encrypted key': {
    make: [`pkcs8 -topk8 -in ec.pem -passout pass:${password} -outform DER`],
    label: 'ENCRYPTED PRIVATE KEY',
    takenAs: 'key',
    passphrase: true,
  },
  'key under an encryption of long ago': {
    make: [`pkcs8 -topk8 -in rsa.pem -v1 PBE-SHA1-RC4-128 -passout pass:${password} ${legacy} -outform DER`],
    label: 'ENCRYPTED PRIVATE KEY',
    takenAs: undefined,
    converted: 'key',
    passphrase: true,
  },
  'PKCS#8 key with explicit parameters': {
    make: ['pkey -in explicit.pem -outform DER'],
    label: 'PRIVATE KEY',
    takenAs: undefined,
    converted: 'key',
  },
  'SEC 1 key with explicit parameters': {
    make: ['ec -in ec.pem -param_enc explicit -outform DER'],
    label: 'EC PRIVATE KEY',
    takenAs: undefined,
    converted: 'key',
  },
  'public key with explicit parameters': {
    make: ['ec -in ec.pem -pubout -param_enc explicit -outform DER'],
    label: 'PUBLIC KEY',
    takenAs: undefined,
    converted: 'public key',
  },
  'public key': {
    make: ['pkey -in ec.pem -pubout -outform DER'],
    label: 'PUBLIC KEY',
    takenAs: 'public key',
  },
  'PKCS#1 public key': {
    make: ['rsa -in rsa.pem -RSAPublicKey_out -outform DER'],
    label: 'RSA PUBLIC KEY',
    takenAs: 'public key',
  },
  certificate: {
    make: ['x509 -in root.crt -outform DER'],
    label: 'CERTIFICATE',
    takenAs: 'certificate',
    converted: 'public key',
  },
  request: {
    make: ['req -new -key rsa.pem -subj /CN=leaf -outform DER'],
    label: 'CERTIFICATE REQUEST',
    takenAs: undefined,
    converted: 'public key',
  },
  'revocation list': {
    make: ['crl -in list.crl -outform DER'],
    label: 'X509 CRL',
    takenAs: undefined,
    converted: 'issuer',
  },
  'PKCS#7 bundle': {
    make: ['crl2pkcs7 -nocrl -certfile root.crt -outform DER'],
    label: 'PKCS7',
    takenAs: undefined,
    converted: 'certificate',
  },
  'PKCS#12 keystore': {
    make: [`pkcs12 -export -inkey ec.pem -in root.crt -passout pass:${password}`],
    label: 'PKCS12',
    takenAs: 'keystore',
    converted: 'keystore',
  },
};
const openSshContents: Readonly<Record<string, Content & { readonly args: string }>> = {
  'OpenSSH key': { args: '-N ', make: [], label: 'OPENSSH PRIVATE KEY', takenAs: 'key' },
  'encrypted OpenSSH key': {
    args: `-N ${password}`,
    make: [],
    label: 'OPENSSH PRIVATE KEY',
    takenAs: undefined,
    converted: 'key',
  },
};
const otherLabels = [
  'X509 CERTIFICATE',
  'TRUSTED CERTIFICATE',
  'NEW CERTIFICATE REQUEST',
  'PKCS #7 SIGNED DATA',
  'CMS',
  'DSA PRIVATE KEY',
  'ANY PRIVATE KEY',
  'ANYTHING',
];
const labels = [
  ...new Set([
    ...Object.values({ ...contents, ...openSshContents }).map(({ label }) => label),
    ...otherLabels,
  ]),
];

function openssl(args: string, out: string): void {
  const { status, stderr } = spawnSync('openssl', [...args.split(' '), '-out', out], { cwd: folder });
  expect(status, `${args}\n${stderr}`).toBe(0);
}

async function upload(place: Place, name: string, passphrase: string | undefined): Promise<Answer> {
  uploads += 1;
  const file = readFileSync(path(name));
  const environmentName = 'production';
  switch (place) {
    case 'certificate': {
      const own = { certificateName: `c${uploads}`, alias: `c${uploads}`, environmentList: environmentName };
      return project.certificate({ ...own, pemEncodedFile: new Blob([file]) });
    }
    case 'key':
    case 'public key': {
      const content = file[0] === 0x30 ? file.toString('base64') : file.toString();
      const keyType = place === 'key' ? 'PRIVATE_KEY' : 'PUBLIC_KEY';
      const entry = { environmentName, content, ...(passphrase !== undefined && { passphrase }) };
      return project.call('POST', 'keys/', {
        name: `k${uploads}`,
        keyType,
        cryptoKeyInfoEnvironmentList: [entry],
      });
    }
    case 'keystore': {
      const entry = { environmentName, file: file.toString('base64'), password, keyStoreType: 'PKCS12' };
      return project.call('POST', 'keystores/', { name: `s${uploads}`, keyStoreEnvironmentList: [entry] });
    }
    default:
      return place satisfies never;
  }
}

/** Runs the command with this file for the one that it names. @returns what it printed; its output is `converted` */
function run(command: string, name: string): string {
  const inputs =
    /\bbundle\.p7b|request\.csr|list\.crl|certificate\.pem|encrypted\.pem|keystore\.pem|\bkey\.pem|\bid_key/;
  const [input = ''] = inputs.exec(command) ?? [];
  const [, output] =
    /-out (\S+)$|> (keystore\.p12)$|-f (id_key|openssh_key)$/.exec(command)?.filter(Boolean) ?? [];
  const own = command.replace(input, path(name)).replaceAll(output ?? '\0', path('converted'));
  rmSync(path('converted'), { force: true });
  const { status, stdout, stderr } = spawnSync('setsid', ['--wait', 'sh', '-c', `set -e; ${own}`], {
    cwd: folder,
    input: `${password}\n`,
    encoding: 'utf8',
    env: { ...process.env, SSH_ASKPASS: path('askpass'), SSH_ASKPASS_REQUIRE: 'force', DISPLAY: ':0' },
  });
  expect(status, `${own}\n${stderr}`).toBe(0);
  return stdout;
}

const placeOf = (text: string): Place | undefined => {
  const [, place] = /[Uu]pload (?:it|\S+) as an? (key(?:store)?|certificate)\b/.exec(text) ?? [];
  return place as Place | undefined;
};

/** A public key is one where a private one was expected, and the other way round. */
async function uploadKey(name: string, { passphrase }: Content): Promise<Answer> {
  const answer = await upload('key', name, passphrase && password);
  return /keyType|PUBLIC_KEY/.test(answer.body.error_description ?? '') &&
    answer.body.reason !== 'FORM_NOT_SUPPORTED'
    ? upload('public key', name, passphrase && password)
    : answer;
}

const uploadAs = (place: Place, name: string, content: Content) =>
  place.endsWith('key') ? uploadKey(name, content) : upload(place, name, undefined);

/** Commands that were run, by what they read. */
const decoded = new Set<string>();

async function check(place: Place, name: string, content: Content): Promise<void> {
  const isTaken = place === (content.takenAs === 'public key' ? 'key' : content.takenAs);
  const answer = await uploadAs(place, name, content);
  // A keystore is uploaded as the file that it is.
  if (isTaken && answer.status === 200) return;
  const text: string = answer.body.error_description ?? '';
  expect([text, answer.status, answer.body.reason]).toEqual([text, 400, 'FORM_NOT_SUPPORTED']);
  const [, command] = /`([^`]+)`/.exec(text) ?? [];
  if (command === undefined) {
    // It is taken elsewhere as it is.
    const elsewhere = placeOf(text);
    expect([text, elsewhere]).not.toEqual([text, undefined]);
    expect(elsewhere).not.toBe(place);
    const other = await uploadAs(elsewhere ?? place, name, content);
    if (other.status !== 200) {
      expect([text, other.body.error_description, other.body.reason]).toContain('FORM_NOT_SUPPORTED');
      expect(other.body.error_description).toContain('`');
    }
    return;
  }
  // It decodes the block under any label.
  if (command.startsWith('sed ')) {
    if (decoded.has(`${content.make} ${command}`)) return;
    decoded.add(`${content.make} ${command}`);
  }
  const printed = run(command, name);
  if (content.converted === 'issuer') expect(printed).toContain('CN');
  else {
    const converted = content.converted ?? 'key';
    const { passphrase: _, ...plain } = content;
    accepted(await uploadAs(converted, existsSync(path('converted')) ? 'converted' : name, plain));
  }
}

const places = ['key', 'certificate', 'keystore'] as const;

async function checkLabels(content: Content, octets: Buffer, before: string): Promise<void> {
  const base64 = octets.toString('base64').replace(/.{64}/g, '$&\n').trimEnd();
  for (const place of places) {
    for (const label of labels) {
      const text = `${before}-----BEGIN ${label}-----\n${base64}\n-----END ${label}-----\n`;
      rmSync(path('file.pem'), { force: true });
      // `ssh-keygen` reads no key that others may read.
      writeFileSync(path('file.pem'), text, { mode: 0o600 });
      await check(place, 'file.pem', content);
    }
  }
}

test.skipIf(spawnSync('which', ['ssh-keygen']).status !== 0).each(Object.entries(openSshContents))(
  'a file that is an %s is taken or can be converted as its error says, under every label, in every place',
  async (_what, { args, ...content }) => {
    writeFileSync(path('askpass'), `#!/bin/sh\necho ${password}\n`, { mode: 0o700 });
    rmSync(path('id'), { force: true });
    const options = ['-q', '-t', 'ed25519', ...args.split(' '), '-f', path('id')];
    expect(spawnSync('ssh-keygen', options, { encoding: 'utf8' }).stderr).toBe('');
    const octets = Buffer.from(readFileSync(path('id'), 'utf8').replace(/-----.*/g, ''), 'base64');
    await checkLabels(content, octets, '');
  },
  120_000,
);

describe.skipIf(!hasOpenssl)('a file', () => {
  beforeAll(() => {
    openssl('genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256', 'ec.pem');
    openssl(
      'genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -pkeyopt ec_param_enc:explicit',
      'explicit.pem',
    );
    openssl('genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048', 'rsa.pem');
    openssl('req -x509 -new -key ec.pem -subj /CN=root -days 30', 'root.crt');
    writeFileSync(path('index'), '');
    writeFileSync(
      path('ca.cnf'),
      `[ca]\ndefault_ca=own\n[own]\ndatabase=${path('index')}\ndefault_md=sha256\ndefault_crl_days=9\n`,
    );
    openssl('ca -gencrl -config ca.cnf -cert root.crt -keyfile ec.pem', 'list.crl');
  });

  test.each(Object.entries(contents))(
    'that is a %s is taken or can be converted as its error says, under every label, in every place',
    async (_what, content) => {
      for (const args of content.make) openssl(args, 'file.der');
      for (const place of places) await check(place, 'file.der', content);
      await checkLabels(content, readFileSync(path('file.der')), 'Some explanation: of it\n');
    },
    120_000,
  );
});
