import { createPrivateKey } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accepted, type Body, type ProjectApi, projectApi, refusal } from '../api/support/project-api.ts';
import { keystoreFixture, keystorePem } from '../api/support/sample-keys.ts';
import { startTestManager, type TestManager } from '../support/manager.ts';

let world: TestManager;
let project: ProjectApi;
beforeAll(async () => {
  world = await startTestManager({ environments: ['production'] });
  project = projectApi(world.api);
});
afterAll(() => world.close());

/** Of keytool: the password of rsa is rsa-pass, that of ec is ec-pass, that of ed25519 is the keystore's. */
const file = keystoreFixture('java17/two-key-passwords.jks');
const passwords = { rsa: 'rsa-pass', EC: 'ec-pass' };
const opened = (more: Body): Body => ({ file, password: 'changeit', keyStoreType: 'JKS', ...more });
const create = (name: string, more: Body, environmentName = 'production') =>
  project.call('POST', 'keystores/', {
    name,
    keyStoreEnvironmentList: [{ environmentName, ...opened(more) }],
  });
const jwkOf = (keyStoreName: string, aliasName: string, algorithm: string) =>
  project.create({
    name: `${keyStoreName}-${aliasName}`,
    sourceType: 'KEYSTORE',
    keyStoreName,
    aliasName,
    environmentName: 'production',
    useType: 'SIGNATURE',
    algorithm,
  });

async function lockedOf(more: Body): Promise<Readonly<Record<string, boolean>>> {
  const { body } = await project.call('POST', 'keystores/inspect/', opened(more));
  return Object.fromEntries(
    body.resultList.map(({ alias, locked }: { alias: string; locked: boolean }) => [alias, locked]),
  );
}

describe('a keystore whose keys have different passwords', () => {
  test('shows which aliases the given passwords open', async () => {
    expect(await lockedOf({})).toEqual({ rsa: true, ec: true, ed25519: false });
    expect(await lockedOf({ keyPassword: 'rsa-pass' })).toEqual({ rsa: false, ec: true, ed25519: true });
    expect(await lockedOf({ keyPasswords: { rsa: 'rsa-pass' } })).toEqual({
      rsa: false,
      ec: true,
      ed25519: false,
    });
    expect(await lockedOf({ keyPasswords: passwords })).toEqual({ rsa: false, ec: false, ed25519: false });
    expect(await lockedOf({ keyPassword: 'ec-pass', keyPasswords: { rsa: 'rsa-pass' } })).toEqual({
      rsa: false,
      ec: false,
      ed25519: true,
    });
  });

  test('is stored with them, and each alias becomes a JWK', async () => {
    accepted(await create('each', { keyPasswords: passwords }));
    for (const [alias, algorithm] of [
      ['rsa', 'RS256'],
      ['ec', 'ES256'],
      ['ed25519', 'EdDSA'],
    ] as const) {
      accepted(await jwkOf('each', alias, algorithm));
      const key = createPrivateKey(keystorePem(`${alias}.key.pem`)).export({ format: 'jwk' });
      expect(await project.material(`each-${alias}`)).toMatchObject(key);
    }
    const { body } = await project.call('GET', 'keystores/each/entries/?environmentName=production');
    expect(body.resultList.map(({ locked }: { locked: boolean }) => locked)).toEqual([false, false, false]);
    expect(JSON.stringify(await project.call('GET', 'keystores/each/'))).not.toMatch(/rsa-pass|ec-pass/);
  });

  test('gives the JWKs of its aliases the material of its replacement', async () => {
    const list = [{ environmentName: 'production', ...opened({ keyPasswords: passwords }) }];
    const path = 'keystores/each/?updateReferencedJwks=true&updateScope=SAME_PROJECT';
    accepted(await project.call('PUT', path, { keyStoreEnvironmentList: list }));
    expect((await project.jwk('each-ec')).sourceId).not.toBeNull();
    // The JWK of ec would lose its key.
    const without = [{ environmentName: 'production', ...opened({ keyPasswords: { rsa: 'rsa-pass' } }) }];
    expect(refusal(await project.call('PUT', path, { keyStoreEnvironmentList: without }))).toContain(
      'each-ec',
    );
  });

  test('is rejected for a password that does not open its alias, and for an alias that it does not have', async () => {
    const wrong = await create('wrong', { keyPasswords: { rsa: 'rsa-pass', ec: 'rsa-pass' } });
    expect(refusal(wrong)).toBe(
      'Alias (ec) can not be opened: the key password is wrong or the entry is damaged!',
    );
    expect(wrong.body).toMatchObject({ reason: 'PASSWORD_WRONG', member: 'keyPasswords' });
    const unknown = await create('unknown', { keyPasswords: { dsa: 'rsa-pass' } });
    expect(refusal(unknown)).toBe('Alias (dsa) is not found in keystore (name: unknown)!');
    expect(unknown.body).toMatchObject({ reason: 'NOT_FOUND', member: 'keyPasswords' });
    const inspected = await project.call('POST', 'keystores/inspect/', opened({ keyPasswords: { x: '' } }));
    expect(refusal(inspected)).toBe('Alias (x) is not found in the keystore!');
    for (const keyPasswords of [{ rsa: 1 }, ['rsa-pass'], { rsa: 'x'.repeat(1_025) }]) {
      expect((await create('form', { keyPasswords })).status).toBe(400);
    }
    for (const name of ['wrong', 'unknown', 'form']) {
      expect((await project.call('GET', `keystores/${name}/`)).status).toBe(400);
    }
  });
});
