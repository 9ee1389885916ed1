// Which requests a program may write against the client: the compiler decides, as it would for a user.

import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const client = fileURLToPath(new URL('../../clients/typescript/src/index.ts', import.meta.url));
const projectName = "projectName: 'MyProject'";

const accepted = [
  "createJwk({ ./, body: { name: 'a', sourceType: 'URL', url: 'https://a.example/jwks.json', urlOptionReadTimeout: 1 } })",
  "createJwk({ ./, body: { name: 'a', sourceType: 'COPY_PASTE', jwkStr: '{}', useType: 'SIGNATURE', algorithm: 'RS256' } })",
  "createJwk({ ./, body: { name: 'a', sourceType: 'KEYSTORE', keyStoreName: 'k', environmentName: 'e', aliasName: 'x', useType: 'ENCRYPTION', algorithm: 'RSA-OAEP-256' } })",
  "updateJwk({ ./, jwkName: 'a', body: { description: 'b' } })",
  "updateJwk({ ./, jwkName: 'a', body: { sourceType: 'COPY_PASTE', jwkStr: '{}' } })",
  "generateJwk({ ./, body: { name: 'a', type: 'RSA', rsa: { keySize: 3072, algorithm: 'RSA256', keyIdType: 'SHA256' } } })",
  "createKey({ ./, body: { name: 'a', keyType: 'SECRET_KEY', algorithm: 'AES', cryptoKeyInfoEnvironmentList: [] } })",
  "createEnvironment({ body: { name: 'a', type: 'TEST' } })",
  'listJwks({ ./, page: 1, size: 100 })',
];
const rejected = [
  ["createJwk({ ./, body: { name: 'a', sourceType: 'BOGUS', url: 'https://a.example' } })", 'BOGUS'],
  [
    "createJwk({ ./, body: { name: 'a', sourceType: 'BOGUS' as string, url: 'https://a.example' } })",
    'string',
  ],
  ["createJwk({ ./, body: { name: 'a', sourceType: 'URL' } })", 'url'],
  ["createJwk({ ./, body: { sourceType: 'URL', url: 'https://a.example' } })", 'name'],
  ["createJwk({ ./, body: { name: 'a', sourceType: 'URL', url: 'x', jwkStr: '{}' } })", 'jwkStr'],
  [
    "createJwk({ ./, body: { name: 'a', sourceType: 'CERTIFICATE', certificateName: 'c', environmentName: 'e', useType: 'WHATEVER', algorithm: 'RS256' } })",
    'WHATEVER',
  ],
  [
    "createJwk({ ./, body: { name: 'a', sourceType: 'PUBLIC_KEY', keyName: 'k', environmentName: 'e', useType: 'SIGNATURE', algorithm: 'RSA' } })",
    'RSA',
  ],
  ["generateJwk({ ./, body: { name: 'a', type: 'EC', rsa: { keySize: 2048 } } })", 'rsa'],
  ["generateJwk({ ./, body: { name: 'a', type: 'RSA', rsa: { keySize: 1024 } } })", '1024'],
  [
    "createKey({ ./, body: { name: 'a', keyType: 'SECRET_KEY', cryptoKeyInfoEnvironmentList: [] } })",
    'algorithm',
  ],
  ["putMember({ ./, username: 'ada', body: { roles: ['ROLE_KING'] } })", 'ROLE_KING'],
  ["createEnvironment({ body: { name: 'a', type: 'PROD' } })", 'PROD'],
] as const;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyplane-types-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The errors of the compiler for the calls, one per line. */
async function compiled(calls: readonly string[]): Promise<ReadonlyMap<number, string>> {
  const lines = calls.map((call) => `void keyplane.${call.replace('./', projectName)};`);
  const source = `import { createClient } from '${client}'; const keyplane = createClient({ url: '' });\n`;
  await writeFile(join(folder, 'calls.ts'), source + lines.join('\n'));
  const compilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    module: 'nodenext',
    target: 'es2024',
    lib: ['es2024', 'dom'],
    types: [],
    allowImportingTsExtensions: true,
  };
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['calls.ts'] }));
  const { stdout } = spawnSync('tsc', ['-p', folder, '--pretty', 'false'], { cwd: folder, encoding: 'utf8' });
  const said = new Map<number, string>();
  let line = 0;
  for (const text of stdout.split('\n')) {
    line = Number(/^calls\.ts\((\d+),/.exec(text)?.[1] ?? line);
    if (text !== '') said.set(line - 2, `${said.get(line - 2) ?? ''}${text}\n`);
  }
  return said;
}

test('a program with valid requests of the API compiles', async () => {
  expect(await compiled(accepted)).toEqual(new Map());
});

test('a program with invalid requests of the API does not compile, and the compiler names the fault', async () => {
  const said = await compiled(rejected.map(([call]) => call));
  for (const [index, [call, fault]] of rejected.entries()) {
    expect(said.get(index), call).toContain(fault);
  }
});
