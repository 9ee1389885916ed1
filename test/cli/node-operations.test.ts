// Operations at a real node from the command line, as a shell script does them.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningNode } from '../../src/node/start-node.ts';
import { startTestManager, type TestManager } from '../support/manager.ts';
import { type CommandLine, commandLine } from './support/command-line.ts';

let world: TestManager;
let node: RunningNode;
let admin: CommandLine;
let app: CommandLine;
let folder: string;

const file = async (name: string, text: string) => {
  const path = join(folder, name);
  await writeFile(path, text);
  return `@${path}`;
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyplane-operations-'));
  world = await startTestManager({ environments: ['production'] });
  node = await world.addNode('production', 'n1', { operations: { port: 0 } });
  admin = await commandLine({
    KEYPLANE_URL: world.url,
    KEYPLANE_TOKEN: world.api.token,
    KEYPLANE_PROJECT: 'MyProject',
  });
  await admin.ok(['ring', 'create', 'payments', '--type', 'EC', '--curve', 'P-256']);
  const messages = ['ring', 'create', 'messages', '--type', 'EC', '--curve', 'P-256', '--use', 'enc'];
  await admin.ok([...messages, '--algorithm', 'ECDH-ES+A256KW']);
  await admin.ok(['jwk', 'generate', 'webhook', '--type', 'OCT', '--size', '256', '--algorithm', 'HS256']);
  const profile = ['token-profile', 'create', 'orders', '--ring', 'payments', '--issuer', 'https://id'];
  await admin.ok([...profile, '--audience', 'orders', '--allow', 'scope']);
  const token = await admin.ok([
    'app',
    'create',
    'script',
    '--grant',
    'ring:payments=sign,sign-raw,verify',
    '--issue',
    'orders',
    '--grant',
    'ring:messages=encrypt,decrypt',
    '--grant',
    'jwk:webhook=mac,verify',
  ]);
  app = await commandLine({
    KEYPLANE_OPERATIONS_URL: node.operations[0] ?? '',
    KEYPLANE_APPLICATION_TOKEN: token.trim(),
    KEYPLANE_PROJECT: 'MyProject',
  });
});
afterAll(async () => {
  await app?.close();
  await admin?.close();
  await node?.close();
  await world?.close();
  await rm(folder, { recursive: true, force: true });
});

describe('from the command line', () => {
  test('a detached JWS is signed and verified with its payload', async () => {
    const body = await file('payment.json', '{"amount":"165.88"}');
    const jws = await app.ok(['sign', '--ring', 'payments', '--payload', body, '--detached', '--unencoded']);
    expect(jws).toMatch(/^eyJ[\w-]+\.\.[\w-]+\n$/);
    const signature = await file('signature.txt', jws);
    const verify = ['verify', '--ring', 'payments', '--signature-only', signature];
    expect(await app.json([...verify, '--payload', body])).toMatchObject({ valid: true });
    const other = await file('other.json', '{"amount":"1"}');
    expect(await app.run([...verify, '--payload', other])).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/Reason +SIGNATURE/),
    });
  });

  test('claims that a token must have are named where it lacks one', async () => {
    const jws = await app.ok(['sign', '--ring', 'payments', '--claims', '{"sub": "ada", "scope": "read"}']);
    const verify = ['verify', '--ring', 'payments', jws.trim(), '--required-claim', 'sub'];
    expect((await app.run([...verify, '--exact-claims', '{"scope": "read"}'])).code).toBe(0);
    expect(await app.run([...verify, '--exact-claims', '{"scope": "write"}'])).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/Reason +CLAIM \(scope\)/),
    });
  });

  test('a file is encrypted and decrypted, in each serialization', async () => {
    const plain = await file('order.json', '{"order":4711}');
    for (const form of ['COMPACT', 'FLATTENED', 'GENERAL']) {
      const jwe = await app.ok(['encrypt', '--ring', 'messages', '--serialization', form, plain]);
      expect(jwe.startsWith('{')).toBe(form !== 'COMPACT');
      expect(await app.ok(['decrypt', '--ring', 'messages', await file('order.jwe', jwe)])).toBe(
        '{"order":4711}',
      );
    }
    expect(await app.run(['decrypt', '--ring', 'messages', 'eyJ.a.b.c.d'])).toMatchObject({
      code: 1,
      stderr: 'keyplane: Decryption failed!\n',
    });
  });

  test('a MAC is computed and verified', async () => {
    const body = await file('body.json', '{"event":1}');
    const mac = (await app.ok(['mac', '--jwk', 'webhook', body])).trim();
    expect(Buffer.from(mac, 'base64')).toHaveLength(32);
    expect(await app.ok(['mac', '--jwk', 'webhook', '--verify', mac, body])).toBe('valid\n');
    const wrong = Buffer.alloc(32).toString('base64');
    expect(await app.run(['mac', '--jwk', 'webhook', '--verify', wrong, body])).toMatchObject({
      code: 1,
      stdout: 'not valid\n',
    });
  });

  test('a token of a token profile is issued, and a claim that the profile sets is rejected by name', async () => {
    const issue = ['token-profile', 'issue', 'orders'];
    const token = await app.ok([...issue, '--claims', '{"scope": "read"}']);
    const verified = await app.json(['verify', '--ring', 'payments', token.trim(), '--issuer', 'https://id']);
    expect(verified).toMatchObject({ valid: true, claims: { aud: 'orders', sub: 'script', scope: 'read' } });
    expect(await app.run([...issue, '--claims', '{"iss": "me"}'])).toMatchObject({
      code: 1,
      stderr: 'keyplane: Claim (iss) is set by token profile (name: orders)!\n',
    });
  });

  test('the token is not sent without encryption to another machine', async () => {
    const text = await file('text.txt', 'hello');
    const mac = ['mac', '--jwk', 'webhook', text, '--node'];
    // RFC 5737 §3: an address that no machine has, so that nothing would answer.
    for (const address of ['http://192.0.2.1:9443', 'http://node.example:9443', 'http://me.localhost:9443']) {
      expect(await app.run([...mac, address])).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('plain http to another machine'),
      });
    }
    const [port] = /\d+$/.exec(node.operations[0] ?? '') ?? [];
    expect(await app.ok([...mac, `http://localhost:${port}`])).toMatch(/=\n$/);
  });
});
