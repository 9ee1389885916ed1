import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type HttpTestServer, startHttpServer } from '../support/http-servers.ts';
import { type Answer, type Api, apiOf, signedIn } from '../support/manager.ts';
import { endAllProcesses, type KeyplaneProcess, keyplane } from './support/keyplane-process.ts';
import { ecKey, KnownSecrets, pkcs12File, rsaKey } from './support/known-secrets.ts';
import { freePorts } from './support/ports.ts';
import { foundIn, needlesOf, searchFolder } from './support/secret-search.ts';
import { removeTemporaryFolders, temporaryFolder } from './support/temporary-folder.ts';
import { jwksPath, made } from './support/world.ts';

const secrets = new KnownSecrets();
const adminPassword = secrets.password('password of the administrator');
/** All responses, except those that must contain a secret. */
const answers: string[] = [];

let folder: string;
let port: number;
let running: KeyplaneProcess;
let api: Api;
let keyServer: HttpTestServer;

const url = (index = 0) => `http://127.0.0.1:${port + index}`;
const project = '/apiops/projects/MyProject';
const environmentName = 'production';

async function start(): Promise<void> {
  const settings = { KEYPLANE_ADMIN_PASSWORD: adminPassword, KEYPLANE_URL_ALLOW: '127.0.0.1' };
  running = keyplane(['quickstart', '--data-dir', folder, '--port', String(port)], { settings });
  await running.says(/Ctrl\+C/);
}

beforeAll(async () => {
  folder = join(await temporaryFolder(), 'data');
  port = await freePorts(5);
  const served = secrets.key('the JWK behind a URL', ecKey()).export({ format: 'jwk' });
  keyServer = await startHttpServer((_request, response) => response.end(JSON.stringify(served)));
  await start();
  const [, printed = ''] = /API token +(\S+)/.exec(running.stdout()) ?? [];
  secrets.text('the API token of the quickstart', printed);
  api = await signedIn(url(), 'admin', adminPassword);
  secrets.text('an access token', api.token);
});
afterAll(async () => {
  await keyServer.close();
  await endAllProcesses();
  await removeTemporaryFolders();
});

async function stored(path: string, body: unknown): Promise<void> {
  answers.push(JSON.stringify(await made(api, path, body)));
}

async function refused(answer: Promise<Answer>): Promise<void> {
  const { status, body } = await answer;
  expect(status).toBeGreaterThanOrEqual(400);
  expect(status).toBeLessThan(500);
  answers.push(JSON.stringify(body));
}

const pasted = (name: string, jwk: object) => ({
  name,
  sourceType: 'COPY_PASTE',
  jwkStr: JSON.stringify(jwk),
});

async function pasteEveryKind(): Promise<void> {
  const keys = {
    rsa: rsaKey(),
    ec: ecKey(),
    ed25519: generateKeyPairSync('ed25519').privateKey,
    x448: generateKeyPairSync('x448').privateKey,
  };
  for (const [name, key] of Object.entries(keys)) {
    await stored(jwksPath, pasted(name, secrets.key(`pasted ${name}`, key).export({ format: 'jwk' })));
  }
  const oct = secrets.jwk('pasted oct', {
    kty: 'oct',
    k: randomBytes(32).toString('base64url'),
    alg: 'HS256',
  });
  await stored(jwksPath, pasted('oct', oct));
  await stored(jwksPath, { name: 'fetched', sourceType: 'URL', url: `${keyServer.origin}/jwk` });
}

async function makeFromKeys(): Promise<void> {
  const pem = secrets.key('a key in PEM', rsaKey()).export({ type: 'pkcs8', format: 'pem' }).toString();
  const sec1 = secrets.key('a key in base64 of PEM', ecKey()).export({ type: 'sec1', format: 'pem' });
  const aes = secrets.bytes('a secret key', randomBytes(32));
  const contents = { pem, sec1: Buffer.from(sec1).toString('base64'), aes: aes.toString('base64') };
  for (const [name, content] of Object.entries(contents)) {
    const type = name === 'aes' ? { keyType: 'SECRET_KEY', algorithm: 'AES' } : { keyType: 'PRIVATE_KEY' };
    const body = { name, ...type, cryptoKeyInfoEnvironmentList: [{ environmentName, content }] };
    await stored(`${project}/keys/`, body);
    const algorithm = { pem: 'RS256', sec1: 'ES256', aes: 'HS256' }[name];
    const from = { keyName: name, environmentName, useType: 'SIGNATURE', algorithm };
    await stored(jwksPath, { name: `from-${name}`, sourceType: 'PRIVATE_KEY', ...from });
    if (name !== 'aes') await stored(jwksPath, { name: `of-${name}`, sourceType: 'PUBLIC_KEY', ...from });
  }
}

async function makeFromKeystores(): Promise<void> {
  const password = secrets.password('password of a PKCS#12 file');
  const file = pkcs12File(secrets.key('a key in a PKCS#12 file', rsaKey()), password);
  // Only what no other file has: the ends of this one are headers, and certificates of a JKS file are in the clear.
  const third = Math.floor(file.length / 3);
  secrets.bytes('a PKCS#12 file', file.subarray(third, 2 * third));
  const jks = await readFile('test/formats/fixtures/java17/key-password.jks');
  secrets.bytes('the sealed key in a JKS file', jks.subarray(150, 650));
  const keyPassword = secrets.text('password of a key in a JKS file', 'otherpass');
  const ofAlias = secrets.text('password of one key in a JKS file', 'rsa-pass');
  const several = await readFile('test/formats/fixtures/java17/two-key-passwords.jks');
  const stores = {
    p12: { file: file.toString('base64'), password, keyStoreType: 'PKCS12' },
    jks: { file: jks.toString('base64'), password: 'changeit', keyPassword, keyStoreType: 'JKS' },
    several: {
      file: several.toString('base64'),
      password: 'changeit',
      keyPasswords: { rsa: ofAlias },
      keyStoreType: 'JKS',
    },
  };
  for (const [name, store] of Object.entries(stores)) {
    await stored(`${project}/keystores/`, {
      name,
      keyStoreEnvironmentList: [{ environmentName, ...store }],
    });
    const aliasName = name === 'p12' ? 'signer' : 'rsa';
    const from = { keyStoreName: name, environmentName, aliasName, useType: 'SIGNATURE', algorithm: 'PS256' };
    await stored(jwksPath, { name: `from-${name}`, sourceType: 'KEYSTORE', ...from });
  }
}

async function makeUsersAndTokens(): Promise<void> {
  const password = secrets.password('password of a user');
  await stored('/apiops/users/', { username: 'someone', password });
  const changed = secrets.password('changed password of a user');
  answers.push(JSON.stringify((await api('PUT', '/apiops/users/someone/', { password: changed })).body));
  secrets.text('access token of a user', (await signedIn(url(), 'someone', changed)).token);
  const personal = await made(api, '/apiops/tokens/', { name: 'personal' });
  secrets.text('a personal token', personal.token);
  const enrollment = await made(api, '/apiops/environments/staging/enrollment-tokens/');
  secrets.text('an enrollment token', enrollment.token);
}

/** For every error of a request, its contents must not be stored, returned or logged. */
async function beRefused(): Promise<void> {
  const jwk = secrets.key('a refused JWK', ecKey()).export({ format: 'jwk' });
  const other = ecKey().export({ format: 'jwk' });
  await refused(api('POST', jwksPath, pasted('halves', { ...jwk, x: other.x, y: other.y })));
  await refused(api('POST', jwksPath, pasted('alg', { ...jwk, alg: 'RS256' })));
  await refused(api('POST', jwksPath, { ...pasted('member', jwk), more: jwk }));
  await refused(
    api('POST', jwksPath, `{"name": "broken", "jwkStr": ${JSON.stringify(JSON.stringify(jwk))},`),
  );
  await refused(
    api('POST', jwksPath, {
      name: 'cut',
      sourceType: 'COPY_PASTE',
      jwkStr: JSON.stringify(jwk).slice(0, -3),
    }),
  );
  const secret = secrets.password('a password in an address');
  await refused(
    api('POST', jwksPath, { name: 'url', sourceType: 'URL', url: `http://user:${secret}@127.0.0.1:1/` }),
  );
  await refused(api('GET', `${jwksPath}?token=${secrets.password('a token in a query')}`));
  // The error repeats the path; only the requester gets it.
  const lost = await api('GET', `/apiops/nowhere/${secrets.password('a token in a path')}`);
  expect(lost.status).toBe(404);
  await refused(apiOf(url(), secrets.password('a wrong token'))('GET', jwksPath));
  const pem = secrets.key('a refused key', rsaKey()).export({ type: 'pkcs8', format: 'pem' }).toString();
  const broken = pem.replace('-----END', '!-----END');
  const list = [{ environmentName, content: broken }];
  await refused(
    api('POST', `${project}/keys/`, {
      name: 'k',
      keyType: 'PRIVATE_KEY',
      cryptoKeyInfoEnvironmentList: list,
    }),
  );
  const file = pkcs12File(rsaKey(), 'not the one that is given').toString('base64');
  const password = secrets.password('a wrong password of a keystore');
  const environments = [{ environmentName, file, password, keyStoreType: 'PKCS12' }];
  await refused(api('POST', `${project}/keystores/`, { name: 's', keyStoreEnvironmentList: environments }));
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: 'admin',
    client_secret: secrets.password('a wrong password'),
  });
  const signIn = await fetch(`${url()}/apiops/auth/token`, { method: 'POST', body: form });
  expect(signIn.status).toBe(401);
  answers.push(await signIn.text());
}

describe('no secret that keyplane was given', () => {
  test('through any source, or made for it, or sent with what it refused', async () => {
    await pasteEveryKind();
    await makeFromKeys();
    await makeFromKeystores();
    await makeUsersAndTokens();
    await beRefused();
    expect(secrets.all.length).toBeGreaterThan(40);
    // They are the very keys that are stored: the one answer that may hold them does.
    const { body } = await api('GET', `${jwksPath}rsa/`);
    const own = secrets.all.filter(({ name }) => name.endsWith('of pasted rsa'));
    expect(own).toHaveLength(6);
    for (const secret of own) {
      expect(foundIn(Buffer.from(JSON.stringify(body)), needlesOf([secret])), secret.name).not.toEqual([]);
    }
  });

  test('is anywhere under the data directory: database, write-ahead log, node copies, logs', async () => {
    const { files, found } = await searchFolder(folder, needlesOf(secrets.all));
    expect(found).toEqual([]);
    expect(files).toEqual(
      expect.arrayContaining([
        'keyplane.db',
        'keyplane.db-wal',
        'quickstart.log',
        'nodes/production-1/state.log',
        'nodes/staging-1/state.log',
      ]),
    );
  });

  test('is in an answer, a list, a metric, a JWK Set, a page or the description of the API', async () => {
    const lists = ['jwks/', 'keys/', 'keystores/', 'certificates/', 'environments/'].map(
      (list) => `${project}/${list}`,
    );
    const others = ['projects/', 'environments/', 'users/', 'tokens/', 'environments/production/nodes/'];
    for (const path of [...lists, ...others.map((other) => `/apiops/${other}`)]) {
      const { status, body } = await api('GET', path);
      expect(status, path).toBe(200);
      answers.push(JSON.stringify(body));
    }
    for (const name of ['pem', 'sec1', 'aes']) {
      answers.push(JSON.stringify((await api('GET', `${project}/keys/${name}/`)).body));
    }
    for (const name of ['p12', 'jks']) {
      answers.push(JSON.stringify((await api('GET', `${project}/keystores/${name}/`)).body));
    }
    for (const path of ['/', '/openapi.json', '/metrics', '/readyz', '/healthz']) {
      answers.push(await (await fetch(url() + path)).text());
    }
    for (const node of [url(1), url(2)]) {
      for (const path of [
        '/.well-known/jwks.json',
        '/projects/MyProject/.well-known/jwks.json',
        '/status',
        '/metrics',
      ]) {
        const answer = await fetch(node + path);
        expect(answer.status, path).toBe(200);
        answers.push(await answer.text());
      }
    }
    const everything = Buffer.from(answers.join('\n'));
    expect(everything.length).toBeGreaterThan(50_000);
    expect(foundIn(everything, needlesOf(secrets.all))).toEqual([]);
  });

  test('is in an audit record, of which there is one for each change', async () => {
    const database = new Database(join(folder, 'keyplane.db'), { readonly: true });
    const rows = database.prepare('select * from audit_records').all();
    database.close();
    expect(rows.length).toBeGreaterThan(20);
    const text = rows
      .map((row) =>
        Object.values(row as Record<string, unknown>)
          .map(String)
          .join(' '),
      )
      .join('\n');
    expect(foundIn(Buffer.from(text), needlesOf(secrets.all))).toEqual([]);
  });

  test('is left on the disk by a crash, by the start after it, or by a clean stop', async () => {
    process.kill(running.pid, 'SIGKILL');
    await running.ended;
    expect((await searchFolder(folder, needlesOf(secrets.all))).found).toEqual([]);
    await start();
    expect((await searchFolder(folder, needlesOf(secrets.all))).found).toEqual([]);
    expect(await running.stop()).toEqual({ code: 0, signal: null });
    expect((await searchFolder(folder, needlesOf(secrets.all))).found).toEqual([]);
  });
});
