import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accepted, type Body, type ProjectApi, projectApi, refusal } from '../api/support/project-api.ts';
import { pemFixture } from '../api/support/sample-keys.ts';
import { startTestManager, type TestManager } from '../support/manager.ts';

let world: TestManager;
let project: ProjectApi;
const folder = mkdtempSync(join(tmpdir(), 'keyplane-'));
beforeAll(async () => {
  world = await startTestManager({ environments: ['production', 'staging'] });
  project = projectApi(world.api);
});
afterAll(async () => {
  await world.close();
  rmSync(folder, { recursive: true });
});

const passphrase = 'open-sesame-4711';
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const encrypted = privateKey
  .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase })
  .toString();
const traditional = privateKey
  .export({ type: 'sec1', format: 'pem', cipher: 'aes-128-cbc', passphrase })
  .toString();
const der = privateKey
  .export({ type: 'pkcs8', format: 'der', cipher: 'aes-256-cbc', passphrase })
  .toString('base64');
const { x, y, d } = privateKey.export({ format: 'jwk' });

const create = (name: string, content: string, more: Body = {}) =>
  project.call('POST', 'keys/', {
    name,
    keyType: 'PRIVATE_KEY',
    cryptoKeyInfoEnvironmentList: ['production', 'staging'].map((environmentName) => ({
      environmentName,
      content,
      ...more,
    })),
  });
const jwkOf = (keyName: string, algorithm = 'ES256') =>
  project.create({
    name: keyName,
    sourceType: 'PRIVATE_KEY',
    keyName,
    environmentName: 'staging',
    useType: 'SIGNATURE',
    algorithm,
  });

describe('an encrypted key', () => {
  test.each([
    ['pkcs8', encrypted],
    ['traditional', traditional],
    ['der', der],
    ['in-base64', Buffer.from(encrypted).toString('base64')],
  ])('is stored with its passphrase and makes the JWK that it is: %s', async (name, content) => {
    accepted(await create(name, content, { passphrase }));
    accepted(await jwkOf(name));
    expect(await project.material(name)).toMatchObject({ x, y, d });
  });

  test('is replaced by another with its passphrase', async () => {
    accepted(await create('replaced', pemFixture('ec.key')));
    const cryptoKeyInfoEnvironmentList = [{ environmentName: 'staging', content: encrypted, passphrase }];
    accepted(
      await project.call('PUT', 'keys/replaced/', {
        keyType: 'PRIVATE_KEY',
        cryptoKeyInfoEnvironmentList,
      }),
    );
    accepted(await jwkOf('replaced'));
    expect(await project.material('replaced')).toMatchObject({ d });
  });

  test('is inspected with its passphrase', async () => {
    const inspect = (body: Body) => project.call('POST', 'keys/inspect/', body);
    expect((await inspect({ content: encrypted, passphrase })).body.resultList).toEqual([
      { keyType: 'PRIVATE_KEY', type: 'EC', curve: 'P-256', size: 256 },
    ]);
    expect((await inspect({ content: encrypted })).body).toEqual({
      error: 'bad_request',
      error_description: 'Key content is encrypted: passphrase is required!',
      reason: 'FIELD_REQUIRED',
      member: 'passphrase',
    });
  });

  test.each<[string, Body, string]>([
    ['without a passphrase', {}, 'Key content is encrypted: passphrase is required!'],
    ['with an empty one', { passphrase: '' }, 'Key content is encrypted: passphrase is required!'],
    ['with another one', { passphrase: 'wrong' }, 'passphrase does not open the key!'],
    [
      'with one of 1,025 characters',
      { passphrase: 'x'.repeat(1025) },
      'cryptoKeyInfoEnvironmentList[0].passphrase must have at most 1024 characters!',
    ],
    ['with a number', { passphrase: 1 }, 'cryptoKeyInfoEnvironmentList[0].passphrase must be a string!'],
  ])('is refused %s', async (_what, more, text) => {
    for (const content of [encrypted, traditional, der])
      expect(refusal(await create('refused', content, more))).toBe(text);
    expect(await project.names('keys')).not.toContain('refused');
  });

  test('is refused with a passphrase of 10 MB by its size', async () => {
    expect(await create('refused', encrypted, { passphrase: 'x'.repeat(10_000_000) })).toMatchObject({
      status: 413,
      body: { error: 'payload_too_large' },
    });
  });

  test('leaves its passphrase nowhere in the database', async () => {
    const tables = await world.raw('SELECT * FROM crypto_key_environments');
    expect(tables.length).toBeGreaterThan(0);
    const records = await world.raw('SELECT * FROM audit_records');
    expect(JSON.stringify([tables, records])).not.toContain(passphrase);
  });
});

test('a passphrase beside a key that is not encrypted is ignored', async () => {
  accepted(await create('open', pemFixture('ec.key'), { passphrase }));
  accepted(await create('open-too', pemFixture('ec.key'), { passphrase: '' }));
});

describe('a key in the format of OpenSSH', () => {
  test.each([
    ['rsa', ['-b', '2048'], 'RS256'],
    ['ecdsa', ['-b', '256'], 'ES256'],
    ['ecdsa', ['-b', '384'], 'ES384'],
    ['ecdsa', ['-b', '521'], 'ES512'],
    ['ed25519', [], 'EdDSA'],
  ])('is stored and makes a JWK: %s %j', async (type, bits, algorithm) => {
    const name = ['ssh', type, ...bits].join('');
    const file = join(folder, name);
    execFileSync('ssh-keygen', ['-q', '-t', type, ...bits, '-N', '', '-f', file]);
    accepted(await create(name, readFileSync(file, 'utf8')));
    accepted(await jwkOf(name, algorithm));
    const { x: point, n, d: secret } = await project.material(name);
    const publicBlob = Buffer.from(readFileSync(`${file}.pub`, 'utf8').split(' ')[1] ?? '', 'base64');
    expect(publicBlob.includes(Buffer.from(point ?? n, 'base64url'))).toBe(true);
    expect(secret).toEqual(expect.any(String));
  });

  test('is refused where one of its octets is not what OpenSSH wrote, or it is cut off', async () => {
    const [begin, ...lines] = readFileSync(join(folder, 'sshed25519'), 'utf8').trim().split('\n');
    const bytes = Buffer.from(lines.slice(0, -1).join(''), 'base64');
    const content = (changed: Buffer) => `${begin}\n${changed.toString('base64')}\n${lines.at(-1)}`;
    const marked = Buffer.from(bytes);
    marked[0] = 0;
    for (const changed of [marked, bytes.subarray(0, 120), bytes.subarray(0, 20)]) {
      expect(refusal(await create('refused', content(changed)))).toMatch(
        /^Key content is a damaged key in the format of OpenSSH: /,
      );
    }
  });
});
