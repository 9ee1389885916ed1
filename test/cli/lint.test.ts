import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixtureDirectory } from '../formats/keystore-fixtures.ts';
import { makeAkp, makeEc, makeOct, makeRsa, publicHalf, type RawJwk, without } from '../jose/made-keys.ts';
import { prime, publicRsa } from '../jose/weak-rsa.ts';
import { startHttpServer } from '../support/http-servers.ts';
import { removeTemporaryFolders, temporaryFolder } from '../system/support/temporary-folder.ts';
import { type CommandLine, commandLine } from './support/command-line.ts';

let cli: CommandLine;
let folder: string;
beforeAll(async () => {
  cli = await commandLine({ KEYPLANE_KEYSTORE_PASSWORD: 'changeit' });
  folder = await temporaryFolder();
});
afterAll(async () => {
  await cli.close();
  await removeTemporaryFolders();
});

interface Report {
  readonly code: number | null;
  readonly kind: string | null;
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
}

interface Linted {
  readonly kind: string | null;
  readonly findings: readonly { severity: string; where: string; problem: string; remedy: string }[];
}

async function lint(source: string, ...more: string[]): Promise<Report> {
  const { code, stdout, stderr } = await cli.run(['lint', source, '--json', ...more]);
  if (stdout === '') throw new Error(stderr);
  const [{ kind, findings }] = JSON.parse(stdout).sources as [Linted];
  for (const { remedy } of findings) expect(remedy.length).toBeGreaterThan(10);
  const of = (wanted: string) =>
    findings
      .filter(({ severity }) => severity === wanted)
      .map(({ where, problem }) => (where === '' ? problem : `${where}: ${problem}`));
  return { code, kind, errors: of('error'), warnings: of('warning') };
}

let written = 0;
async function lintJson(value: unknown, ...more: string[]): Promise<Report> {
  written += 1;
  const path = join(folder, `${written}.json`);
  await writeFile(path, typeof value === 'string' ? value : JSON.stringify(value));
  return lint(path, ...more);
}

const fixture = (path: string) => join(fixtureDirectory, path);
const named = (jwk: RawJwk, more: Record<string, unknown> = {}) => ({
  ...jwk,
  kid: 'a',
  alg: 'ES256',
  ...more,
});

describe('a JWK', () => {
  test('that is sound ends with 0, and nothing is said against it', async () => {
    const report = await lintJson(named(makeEc('P-256')));
    expect(report).toEqual({ code: 0, kind: 'a JWK', errors: [], warnings: [] });
  });

  test('without kid and alg is sound with warnings, which count where that is asked for', async () => {
    const jwk = publicHalf(makeEc('P-256'));
    const { code, warnings } = await lintJson(jwk);
    expect(code).toBe(0);
    expect(warnings).toEqual(['It has no kid', expect.stringContaining('It has no alg')]);
    expect((await lintJson(jwk, '--strict')).code).toBe(1);
  });

  test('for a deprecated algorithm is warned about', async () => {
    const { warnings } = await lintJson({ ...publicHalf(makeRsa()), kid: 'a', alg: 'RSA1_5' });
    expect(warnings).toEqual(['alg RSA1_5 is deprecated']);
  });

  test('that is malformed is rejected with the error and the correction', async () => {
    const malformed = [
      ['{"kty": "EC",', 'The file is not valid JSON: it ends too early, at line 1, column 14'],
      ['{"a": 1}', 'No key found!'],
      ['{"kty":"EC","kty":"RSA"}', 'The file is not valid JSON'],
      [named({ ...makeEc('P-256'), x: makeEc('P-256').x ?? '' }), 'not on'],
      [named({ ...makeEc('P-256'), d: makeEc('P-256').d ?? '' }), 'd'],
      [named(without(makeEc('P-256'), 'y')), 'y is required in an EC JWK!'],
      [named(makeEc('P-384')), 'alg (ES256) contradicts the key: it needs curve P-256!'],
      [named(makeEc('P-256'), { use: 'enc' }), 'use (enc) contradicts alg (ES256)'],
      [{ ...publicRsa(prime(512) * prime(512)), kid: 'a' }, '1024'],
      [{ ...makeOct(16), kid: 'a', alg: 'HS256' }, 'alg (HS256) contradicts the key'],
    ] as const;
    const files = malformed.map((_, index) => join(folder, `malformed-${index}.json`));
    for (const [index, [value]] of malformed.entries()) {
      await writeFile(files[index] ?? '', typeof value === 'string' ? value : JSON.stringify(value));
    }
    const { code, stdout } = await cli.run(['lint', '--json', ...files]);
    expect(code).toBe(1);
    const { sound, sources } = JSON.parse(stdout) as { sound: boolean; sources: readonly Linted[] };
    expect(sound).toBe(false);
    const problems = sources.map(({ findings }) => findings.map(({ problem }) => problem));
    expect(problems).toEqual(malformed.map(([, says]) => [expect.stringContaining(says)]));
    for (const { remedy } of sources.flatMap(({ findings }) => findings))
      expect(remedy.length).toBeGreaterThan(10);
  });

  test('whose key may be sound gets no advice to replace it', async () => {
    const remediesOf = async (value: object) => {
      const { stdout } = await cli.run(['lint', '--json', '-'], { input: JSON.stringify(value) });
      const { sources } = JSON.parse(stdout) as { sources: readonly Linted[] };
      return sources
        .flatMap(({ findings }) => findings.filter(({ severity }) => severity === 'error'))
        .map(({ remedy }) => remedy);
    };
    const y = Buffer.from(makeEc('P-256').y ?? '', 'base64url');
    const cut = (octets: number) => y.subarray(octets).toString('base64url');
    const ec = named(makeEc('P-256'));
    expect(await remediesOf({ ...ec, y: cut(1) })).toEqual(['A zero octet is missing in front']);
    expect(await remediesOf({ ...ec, y: cut(2) })).toEqual(['2 zero octets are missing in front']);
    expect(await remediesOf({ ...ec, y: Buffer.concat([Buffer.alloc(1), y]).toString('base64url') })).toEqual(
      ['Leave out the zero octets in front that are too many'],
    );
    expect(await remediesOf({ ...without(makeRsa(), 'qi'), kid: 'a' })).toEqual([
      'Complete the CRT members, or leave out all of them',
    ]);
    expect(await remediesOf({ ...ec, y: cut(9) })).toEqual([expect.stringContaining('Correct the member')]);
    expect(await remediesOf({ ...ec, use: 'enc' })).toEqual([expect.stringContaining('Make the two agree')]);
    expect(await remediesOf({ ...ec, x: y.toString('base64url') })).toEqual([
      expect.stringContaining('Generate a new key'),
    ]);
    expect(await remediesOf({ ...publicRsa(prime(512) * prime(512)), kid: 'a' })).toEqual([
      expect.stringContaining('Generate a new key'),
    ]);
  });

  test('that a manager takes with warnings has them as findings', async () => {
    const { code, warnings } = await lintJson({
      ...named(makeEc('P-256')),
      x5c: [],
      key_ops: ['sign', 'seal'],
    });
    expect(code).toBe(0);
    expect(warnings).toEqual([
      'x5c is an empty array; it was left out',
      'key_ops value (seal) is not known; it was left out',
    ]);
  });

  test('is read from standard input too, and reported as text', async () => {
    const { code, stdout } = await cli.run(['lint', '-'], { input: JSON.stringify(named(makeEc('P-384'))) });
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^- is a JWK: 1 error\n {2}error +alg \(ES256\).*\n +fix: Valid values for EC keys/,
    );
  });
});

describe('a JWK Set', () => {
  test('that mixes AKP keys with others is warned about, and one of AKP keys alone is not', async () => {
    const akp = { ...publicHalf(makeAkp('ML-DSA-44')), kid: 'pq' };
    const mixed = await lintJson({ keys: [named(publicHalf(makeEc('P-256'))), akp] });
    expect(mixed).toMatchObject({
      code: 0,
      warnings: ['The set has keys of type AKP beside others: some verifiers reject a whole set for it'],
    });
    expect(await lintJson({ keys: [akp] })).toMatchObject({ code: 0, errors: [], warnings: [] });
  });

  test('is reported with the errors of each key, and with conflicts between keys', async () => {
    const [one, two] = [makeEc('P-256'), makeEc('P-256')];
    const { code, kind, errors, warnings } = await lintJson({
      keys: [
        named(publicHalf(one)),
        named(publicHalf(two)),
        named(one, { kid: 'private' }),
        { ...makeOct(32), kid: 'secret', alg: 'HS256' },
        { kty: 'new', kid: 'unknown' },
        'no key',
        named(publicHalf(two), { kid: 'twice' }),
        named(publicHalf(two), { kid: 'twice' }),
      ],
    });
    expect({ code, kind }).toEqual({ code: 1, kind: 'a JWK Set' });
    expect(errors).toEqual([
      'keys[5]: It is not a JWK',
      expect.stringContaining('kid (a) names different keys'),
    ]);
    expect(warnings).toEqual([
      'keys[2] (kid private): It has private members, in a JWK Set',
      'keys[3] (kid secret): It is a secret key, in a JWK Set',
      'keys[4] (kid unknown): kty new is unknown: readers ignore the key',
      'kid twice occurs more than once, for the same key',
    ]);
  });

  test('that is public must hold no private members', async () => {
    const keys = [named(makeEc('P-256'))];
    const server = await startHttpServer((_request, response) => response.end(JSON.stringify({ keys })));
    try {
      const { code, errors, warnings } = await lint(`${server.origin}/jwks.json`);
      expect(code).toBe(1);
      expect(errors).toEqual(['keys[0] (kid a): It has private members and anybody can fetch it']);
      expect(warnings).toEqual([
        expect.stringContaining('without encryption'),
        expect.stringContaining('private address'),
      ]);
    } finally {
      await server.close();
    }
  });

  test('at a public address that leads to a private one is not followed there', async () => {
    const inner = await startHttpServer((_request, response) => response.end('{"keys": []}'));
    const outer = await startHttpServer((_request, response) =>
      response.writeHead(302, { location: inner.origin.replace('127.0.0.1', '127.0.0.2') }).end(),
    );
    try {
      const { code, errors } = await lint(outer.origin);
      expect(code).toBe(1);
      expect(errors).toEqual([
        expect.stringContaining('which is not allowed unless KEYPLANE_URL_ALLOW names it'),
      ]);
      expect(inner.requests).toEqual([]);
    } finally {
      await Promise.all([inner.close(), outer.close()]);
    }
  });
});

describe('a certificate, key or keystore', () => {
  test.each([
    ['a certificate', 'keys/ec.cert.pem'],
    ['a private key', 'keys/ed25519.key.pem'],
    ['a PKCS12 keystore', 'openssl3/default.p12'],
    ['a JKS keystore', 'java25/store.jks'],
  ])('that is sound is %s and ends with 0', async (kind, path) => {
    expect(await lint(fixture(path))).toEqual({ code: 0, kind, errors: [], warnings: [] });
  });

  test('that expired is warned about, for nodes do not publish it', async () => {
    const { code, warnings } = await lint(join(import.meta.dirname, '../jose/fixtures/expired.pem'));
    expect(code).toBe(0);
    expect(warnings).toEqual([expect.stringMatching(/^The certificate expired on \d{4}-\d\d-\d\d/)]);
  });

  test('of no JOSE algorithm is refused by its alias', async () => {
    for (const path of ['java17/default.p12', 'java17/store.jks']) {
      const { code, errors } = await lint(fixture(path));
      expect(code).toBe(1);
      expect(errors).toEqual([expect.stringContaining('alias dsa: ')]);
    }
  });

  test('whose keys have another password is reported alias by alias', async () => {
    const { code, errors } = await lint(fixture('java17/key-password.jks'));
    expect(code).toBe(1);
    expect(errors).toEqual([
      'alias rsa: Alias (rsa) can not be opened: the key password is wrong or the entry is damaged!',
    ]);
  });

  test('that has a password for each key is read with a file of them', async () => {
    const keystore = fixture('java17/two-key-passwords.jks');
    const passwords = join(folder, 'passwords.json');
    await writeFile(passwords, JSON.stringify({ rsa: 'rsa-pass', ec: 'ec-pass' }));
    expect(String((await lint(keystore)).errors)).toContain('key password');
    expect(String((await lint(keystore, '--key-passwords-file', passwords)).errors)).not.toContain(
      'key password',
    );
    await writeFile(passwords, JSON.stringify({ rsa: 1 }));
    const { code, stderr } = await cli.run(['lint', keystore, '--key-passwords-file', passwords]);
    expect(code).toBe(2);
    expect(stderr).toContain('has no key passwords: a JSON object such as');
  });

  test('that does not open with its password, or is of a kind that is not known, is refused', async () => {
    const settings = { KEYPLANE_KEYSTORE_PASSWORD: 'wrong' };
    const wrong = await cli.run(['lint', fixture('java25/store.jks')], { settings });
    expect(wrong).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('the password is wrong or the file'),
    });
    const jceks = await lint(fixture('java17/store.jceks'));
    expect(jceks).toMatchObject({ code: 1, kind: null, errors: ['JCEKS keystores are not supported!'] });
  });

  test('that does not exist is a usage error', async () => {
    expect((await cli.run(['lint', join(folder, 'nowhere')])).code).toBe(2);
  });
});
