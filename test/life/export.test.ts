import { execFile } from 'node:child_process';
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { promisify } from 'node:util';
import { strFromU8, unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accepted, type Item, type ProjectApi, projectApi, refusal } from '../api/support/project-api.ts';
import {
  makeCurveKey,
  makeRsaKey,
  octKey,
  p256Private,
  pemFixture,
  publicHalf,
} from '../api/support/sample-keys.ts';
import { startTestManager, type TestManager } from '../support/manager.ts';
import { certificateForm, derOf } from './support/material.ts';

let world: TestManager;
let project: ProjectApi;
const odd = 'Schlüssel-ключ';
const keys: Readonly<Record<string, Item>> = {
  rsa: { ...makeRsaKey(), kid: 'rsa' },
  ec: { ...p256Private, kid: 'ec' },
  secp256k1: { ...makeCurveKey('secp256k1'), kid: 'k1' },
  okp: { ...makeCurveKey('Ed25519'), kid: 'okp' },
  agreement: { ...makeCurveKey('X448'), kid: 'x448' },
  public: { ...publicHalf(makeCurveKey('P-521')), kid: 'public' },
  oct: { ...octKey(64), kid: 'oct' },
  [odd]: { ...publicHalf(p256Private), kid: 'odd' },
};

beforeAll(async () => {
  world = await startTestManager({
    environments: ['production', 'test-Ö'],
    projects: ['MyProject', 'admin'],
  });
  project = projectApi(world.api);
  for (const [name, jwk] of Object.entries(keys)) accepted(await project.paste(name, jwk));
});
afterAll(() => world.close());

async function exported(name: string, query = '') {
  const answer = await project.call('GET', `jwks/${encodeURIComponent(name)}/export-file/${query}`);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return { content: answer.body, headers: answer.headers };
}

/** The name that a browser saves it under (RFC 6266 §4.3), and the one for programs that know ASCII only. */
function fileName(headers: Headers): string {
  const disposition = headers.get('content-disposition') ?? '';
  expect(disposition).toMatch(/^attachment; filename="[\w.-]+"; filename\*=UTF-8''[\w.%~-]+$/);
  return decodeURIComponent(disposition.split("''")[1] ?? '');
}

describe('an exported JWK', () => {
  test.each(Object.keys(keys))('%s is a JWK Set of the whole key', async (name) => {
    const { content, headers } = await exported(name);
    expect(content).toEqual({ keys: [keys[name]] });
    expect(fileName(headers)).toBe(`${name}.json`);
    expect(headers.get('content-type')).toMatch(/^application\/json/);
  });

  test.each(Object.keys(keys).filter((name) => name !== 'oct'))(
    '%s is without its private members where only public ones are asked for',
    async (name) => {
      const { content, headers } = await exported(name, '?publicOnly=true');
      expect(content).toEqual({ keys: [publicHalf(keys[name] ?? {})] });
      expect(fileName(headers)).toBe(`${name}-public.json`);
    },
  );

  const asymmetric = Object.keys(keys).filter((name) => name !== 'oct');
  test.each(asymmetric)('%s is PEM where that is asked for, and openssl reads it', async (name) => {
    const jwk = keys[name] ?? {};
    const whole = await exported(name, '?format=pem');
    expect(fileName(whole.headers)).toBe(`${name}.pem`);
    const isPrivate = 'd' in jwk;
    expect(whole.content).toMatch(
      isPrivate ? /^-----BEGIN PRIVATE KEY-----\n/ : /^-----BEGIN PUBLIC KEY-----\n/,
    );
    const read = isPrivate ? createPrivateKey(whole.content) : createPublicKey(whole.content);
    expect({ ...read.export({ format: 'jwk' }), kid: jwk.kid }).toEqual(jwk);
    const half = await exported(name, '?format=pem&publicOnly=true');
    expect(fileName(half.headers)).toBe(`${name}-public.pem`);
    expect(half.content).toMatch(/^-----BEGIN PUBLIC KEY-----\n/);
    expect(half.content).not.toContain('PRIVATE');
    expect({ ...createPublicKey(half.content).export({ format: 'jwk' }), kid: jwk.kid }).toEqual(
      publicHalf(jwk),
    );
    expect(await opensslReads(whole.content, isPrivate)).toBe(half.content);
  });

  test.each([
    [
      'oct',
      '?publicOnly=true',
      'JWK (name: oct) is an OCT key, which has no public part! Export it as a whole',
    ],
    ['oct', '?format=pem', 'JWK (name: oct) is an OCT key, which has no PEM form! Export it as a whole'],
    ['oct', '?format=pem&publicOnly=true', /which has no public part/],
    ['nothing', '', 'JWK (name: nothing) is not found!'],
    ['ec', '?publicOnly=yes', /^publicOnly/],
    ['ec', '?format=der', /^format/],
    ['ec', '?password=x', /^Unknown parameter: password!/],
  ])('%s%s is refused', async (name, query, text) => {
    const answer = refusal(await project.call('GET', `jwks/${name}/export-file/${query}`));
    if (typeof text === 'string') expect(answer).toBe(text);
    else expect(answer).toMatch(text);
  });
});

/** The public key that openssl finds in a PEM; what it should be where openssl is not installed. */
async function opensslReads(pem: string, isPrivate: boolean): Promise<string> {
  const args = ['pkey', '-pubout', ...(isPrivate ? [] : ['-pubin'])];
  const running = promisify(execFile)('openssl', args);
  running.child.stdin?.on('error', () => undefined);
  running.child.stdin?.end(pem);
  try {
    return (await running).stdout;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return createPublicKey(pem).export({ type: 'spki', format: 'pem' }).toString();
  }
}

describe('certificates', () => {
  const upload = (project: ProjectApi, certificateName: string, environmentList: string, pem: string) =>
    project.call(
      'POST',
      'certificates/',
      certificateForm({
        certificateName,
        alias: `alias of ${certificateName}`,
        environmentList,
        pemEncodedFile: pemFixture(pem),
      }),
    );

  test.each([
    ['plain', ['production']],
    ['..x', ['production', 'test-Ö']],
    ['Ürün-ключ', ['production', 'test-Ö']],
  ])('%s are a ZIP of one DER file an environment', async (name, environments) => {
    accepted(await upload(project, name, environments.join(), 'ec.pem'));
    const path = `/apiops/projects/MyProject/certificates/${encodeURIComponent(name)}/export/`;
    const answer = await fetch(world.url + path, { headers: { authorization: `Bearer ${world.api.token}` } });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/zip');
    expect(fileName(answer.headers)).toBe(`${name}-certificates.zip`);
    const files = unzipSync(new Uint8Array(await answer.arrayBuffer()));
    expect(Object.keys(files).sort()).toEqual(environments.map((place) => `${name}-${place}.cer`).sort());
    for (const content of Object.values(files)) {
      expect(Buffer.from(content).toString('base64')).toBe(derOf(pemFixture('ec.pem')));
      expect(strFromU8(content, true)).not.toContain('BEGIN');
    }
  });

  test('that are not there are refused', async () => {
    expect(refusal(await project.call('GET', 'certificates/nothing/export/'))).toBe(
      'Certificate (name: nothing) is not found!',
    );
  });

  test('of project admin, and of no other, are the truststore of an environment', async () => {
    const admin = projectApi(world.api, 'admin');
    accepted(await upload(admin, 'b-both', 'production,test-Ö', 'leaf.pem'));
    accepted(await upload(admin, 'a-one', 'production', 'ed25519.pem'));
    const listed = async (environment: string) => {
      const { body } = await admin.call('GET', `certificates/truststore/${encodeURIComponent(environment)}/`);
      return body;
    };
    const production = await listed('production');
    expect(production).toMatchObject({ success: true, resultCount: 2 });
    expect(production.resultList.map(({ name }: Item) => name)).toEqual(['a-one', 'b-both']);
    for (const { certificateEnvironmentList } of production.resultList) {
      expect(certificateEnvironmentList.map(({ environmentName }: Item) => environmentName)).toEqual([
        'production',
      ]);
    }
    expect((await listed('test-Ö')).resultList).toMatchObject([{ name: 'b-both' }]);
    expect(refusal(await admin.call('GET', 'certificates/truststore/nowhere/'))).toBe(
      'Environment (nowhere) is not found or user does not have privilege to access it!',
    );
    expect(refusal(await project.call('GET', 'certificates/truststore/production/'))).toBe(
      'Project (MyProject) has no truststore! It is that of project admin',
    );
  });
});
