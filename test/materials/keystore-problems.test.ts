import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accepted, type Body, type ProjectApi, projectApi, refusal } from '../api/support/project-api.ts';
import { fixtureDirectory } from '../formats/keystore-fixtures.ts';
import { authenticatedSafe, keyBag, pfx, shroudedBag } from '../formats/pkcs12-writer.ts';
import { startTestManager, type TestManager } from '../support/manager.ts';

let world: TestManager;
let project: ProjectApi;
const folder = mkdtempSync(join(tmpdir(), 'keyplane-'));
beforeAll(async () => {
  world = await startTestManager({ environments: ['production'] });
  project = projectApi(world.api);
});
afterAll(async () => {
  await world.close();
  rmSync(folder, { recursive: true });
});

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const create = (name: string, file: Buffer, more: Body = {}) =>
  project.call('POST', 'keystores/', {
    name,
    keyStoreEnvironmentList: [
      {
        environmentName: 'production',
        file: file.toString('base64'),
        password: 'changeit',
        keyStoreType: 'PKCS12',
        ...more,
      },
    ],
  });
const jwkOf = (keyStoreName: string, aliasName: string) =>
  project.create({
    name: `${keyStoreName}-${aliasName}`,
    sourceType: 'KEYSTORE',
    keyStoreName,
    aliasName,
    environmentName: 'production',
    useType: 'SIGNATURE',
    algorithm: 'ES256',
  });
async function problems(keystoreName: string): Promise<readonly (readonly [string, string | null])[]> {
  const { body } = await project.call('GET', `keystores/${keystoreName}/entries/?environmentName=production`);
  return body.resultList.map(({ alias, problem }: { alias: string; problem: string | null }) => [
    alias,
    problem,
  ]);
}

describe('a keystore', () => {
  test('whose key has an empty password is stored with it, and not without it', async () => {
    const closed = privateKey.export({ type: 'pkcs8', format: 'der', cipher: 'aes-256-cbc', passphrase: '' });
    const file = pfx(authenticatedSafe([shroudedBag(closed, { friendlyName: 'plain' })]));
    accepted(await create('empty', file, { keyPassword: '' }));
    expect(await problems('empty')).toEqual([['plain', null]]);
    accepted(await jwkOf('empty', 'plain'));
    expect(refusal(await create('refused', file))).toMatch(
      /^keyPassword does not open any key of the keystore!/,
    );
    const inspected = { file: file.toString('base64'), password: 'changeit', keyPassword: '' };
    expect((await project.call('POST', 'keystores/inspect/', inspected)).body.resultList).toMatchObject([
      { alias: 'plain', locked: false, problem: null },
    ]);
  });

  test('whose keys have its own password is stored with an empty key password, which forms send', async () => {
    const file = readFileSync(join(fixtureDirectory, 'java17/default.p12'));
    accepted(await create('form', file, { keyPassword: '' }));
    accepted(await jwkOf('form', 'ec'));
  });

  test('whose friendly name ends in NUL has the alias without it', async () => {
    const file = pfx(authenticatedSafe([keyBag(privateKey, { friendlyName: 'ends\0\0' })]));
    accepted(await create('nul', file));
    expect(await problems('nul')).toEqual([['ends', null]]);
    accepted(await jwkOf('nul', 'ends'));
  });

  test('with another password for each key is stored with one of them, and lists what that does not open', async () => {
    for (const alias of ['one', 'two']) {
      const own = ['-alias', alias, '-keypass', `password-${alias}`, '-dname', `CN=${alias}`];
      const store = ['-keystore', join(folder, 'two.jks'), '-storetype', 'JKS', '-storepass', 'changeit'];
      execFileSync('keytool', ['-genkeypair', '-keyalg', 'EC', '-groupname', 'secp256r1', ...store, ...own], {
        stdio: 'pipe',
      });
    }
    const file = readFileSync(join(folder, 'two.jks'));
    accepted(await create('two', file, { keyStoreType: 'JKS', keyPassword: 'password-one' }));
    const closed = 'Alias (two) can not be opened: the key password is wrong or the entry is damaged!';
    expect(await problems('two')).toEqual(
      expect.arrayContaining([
        ['one', null],
        ['two', closed],
      ]),
    );
    accepted(await jwkOf('two', 'one'));
    expect(refusal(await jwkOf('two', 'two'))).toBe(closed);
  });

  test('lists a key without a certificate that JOSE does not know with the reason', async () => {
    const p224 = generateKeyPairSync('ec', { namedCurve: 'secp224r1' }).privateKey;
    const file = pfx(
      authenticatedSafe([
        keyBag(privateKey, { friendlyName: 'good' }),
        keyBag(p224, { friendlyName: 'p224' }),
      ]),
    );
    accepted(await create('bare', file));
    expect(await problems('bare')).toEqual([
      ['good', null],
      ['p224', expect.stringContaining('it is on curve P-224; supported are RSA, EC')],
    ]);
  });

  test('lists an RSA key that is too short with the reason', async () => {
    const [key, file, certificate] = ['short.pem', 'short.p12', 'short.crt'].map((name) =>
      join(folder, name),
    ) as [string, string, string];
    const openssl = (args: string) => execFileSync('openssl', args.split(' '), { stdio: 'pipe' });
    openssl(`req -x509 -newkey rsa:1024 -nodes -keyout ${key} -out ${certificate} -subj /CN=short -days 9`);
    openssl(
      `pkcs12 -export -inkey ${key} -in ${certificate} -name short -passout pass:changeit -out ${file}`,
    );
    accepted(await create('short', readFileSync(file)));
    const reason = 'RSA key is not sound: the modulus (n) has 1024 bits, 2048 to 8192 are accepted';
    expect(await problems('short')).toEqual([['short', reason]]);
    expect(refusal(await jwkOf('short', 'short'))).toContain(reason);
  });

  test('lists an entry of an algorithm that JOSE does not know with the reason', async () => {
    accepted(await create('dsa', readFileSync(join(fixtureDirectory, 'java17/default.p12'))));
    const found = new Map(await problems('dsa'));
    expect(found.get('dsa')).toContain('it is a DSA key; supported are RSA, EC');
    expect(found.get('rsa')).toBeNull();
  });
});
