// Examples, descriptions and code samples of the API's description: held against the schemas, the rules of Redocly, the compiler
// and a manager.

import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { errorReasons } from '../../src/error-reasons.ts';
import { openapiDocument } from '../../src/http/openapi/openapi-document.ts';
import { startTestManager, type TestManager } from '../support/manager.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));

interface Media {
  readonly schema?: { readonly type?: string };
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}
interface Operation {
  readonly operationId: string;
  readonly description: string;
  readonly summary: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly description?: string;
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, Media>> }>>;
  readonly 'x-codeSamples': readonly { readonly label: string; readonly source: string }[];
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly responses: Readonly<Record<string, { readonly content: Readonly<Record<string, Media>> }>>;
  };
}

let document: Document;
let operations: readonly (Operation & { readonly method: string; readonly path: string })[];
let folder: string;
let world: TestManager;
beforeAll(async () => {
  document = (await openapiDocument()) as Document;
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ ...operation, method, path })),
  );
  folder = await mkdtemp(join(tmpdir(), 'keyplane-examples-'));
  world = await startTestManager({ projects: ['MyProject'] });
});
afterAll(async () => {
  await world.close();
  await rm(folder, { recursive: true, force: true });
});

test('each parameter has a description, and each code sample a whole path', () => {
  // One that several operations share is a reference, with its description in the components.
  const parameters = operations.flatMap(({ operationId, parameters: all = [] }) =>
    all.filter((parameter) => 'in' in parameter).map((parameter) => ({ ...parameter, operationId })),
  );
  expect(parameters.length).toBeGreaterThan(200);
  expect(parameters.filter(({ description = '' }) => description === '')).toEqual([]);
  const samples = operations.flatMap((operation) => operation['x-codeSamples'].map(({ source }) => source));
  expect(samples.filter((source) => /\/apiops[^'" ]*\/\//.test(source))).toEqual([]);
});

const valuesOf = ({ example, examples }: Media) => [
  ...(example === undefined ? [] : [example]),
  ...Object.values(examples ?? {}).map(({ value }) => value),
];
/** Each finds what those before it made. */
const inOrder = [
  ['createProject'],
  ['listProjects'],
  ['updateProject'],
  ['createEnvironment'],
  ['updateEnvironment'],
  ['createEnrollmentToken'],
  ['createUser'],
  ['putMember'],
  ['updateUser'],
  ['createToken'],
  ['parseJwkFromClipboard'],
  ['listJwks'],
  ['getJwk'],
  ['getJwkPublic'],
  ['getJwkDeployment'],
  ['listJwkHistory'],
  ['getOverview'],
  ['deleteJwk'],
  ['generateJwk'],
  ['listAudit'],
  ['deleteToken'],
  ['deleteMember'],
  ['deleteUser'],
  ['deleteEnvironment'],
] as const;

describe('the description of the API', () => {
  test('passes the recommended rules of Redocly', async () => {
    const config = await createConfig({ extends: ['recommended'] });
    const problems = await lintFromString({ source: JSON.stringify(document), config });
    const found = problems.map(({ ruleId, message }) => `${ruleId}: ${message}`);
    // A certificate named `truststore` is found by its other paths; the paths are those of the first release.
    const isTruststore = (text: string) =>
      text.startsWith('no-ambiguous-paths') && text.includes('/certificates/truststore/');
    expect(found.filter((text) => !isTruststore(text))).toEqual([]);
    expect(found.filter(isTruststore)).toHaveLength(2);
  });

  test('describes each operation in more words than its summary and its access', () => {
    for (const { operationId, description, summary } of operations) {
      const [first = '', access = ''] = description.split('\n\n');
      expect(first.length, operationId).toBeGreaterThan(20);
      expect(access, operationId).toMatch(/may call it|is required|requires `ROLE_/);
      expect(first, operationId).not.toBe(summary);
    }
  });

  test('has an example of each request and of each JSON answer', () => {
    const without = operations.flatMap(({ operationId, requestBody, responses }) => {
      const media = [
        ...Object.values(requestBody?.content ?? {}),
        ...Object.values(responses['200']?.content ?? {}).filter(({ schema }) => schema?.type !== 'string'),
      ];
      return media.some((one) => valuesOf(one).length === 0) ? [operationId] : [];
    });
    expect(without).toEqual([]);
  });

  test('has examples of errors with a reason of the closed list', () => {
    for (const [name, { content }] of Object.entries(document.components.responses)) {
      const examples = Object.values(content).flatMap(valuesOf) as { readonly reason: never }[];
      expect(examples.length, name).toBeGreaterThan(0);
      for (const { reason } of examples) expect(errorReasons).toContain(reason);
    }
  });
});

describe('code samples', () => {
  test('stand beside each operation for curl, and for the client where it has the operation', () => {
    for (const { path, 'x-codeSamples': samples } of operations) {
      const labels = samples.map(({ label }) => label);
      expect(labels).toEqual(path.startsWith('/apiops') ? ['curl', 'TypeScript'] : ['curl']);
    }
  });

  test('in TypeScript compile against the client', async () => {
    const client = join(root, 'clients/typescript/src/index.ts');
    for (const { operationId, 'x-codeSamples': samples } of operations) {
      const source = samples.find(({ label }) => label === 'TypeScript')?.source;
      if (source) await writeFile(join(folder, `${operationId}.ts`), `${source}\nvoid answer;\nexport {};\n`);
    }
    const compilerOptions = {
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      module: 'nodenext',
      target: 'es2024',
      lib: ['es2024', 'dom'],
      types: ['node'],
      typeRoots: [join(root, 'node_modules/@types')],
      allowImportingTsExtensions: true,
      paths: { 'keyplane-client': [client] },
    };
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
    const { stdout } = spawnSync('tsc', ['-p', folder, '--pretty', 'false'], { encoding: 'utf8' });
    expect(stdout).toBe('');
  });

  test.each(inOrder)(
    'in curl of %s is a command that a shell and a manager understand',
    async (operationId) => {
      const operation = operations.find((one) => one.operationId === operationId);
      const source = operation?.['x-codeSamples'].find(({ label }) => label === 'curl')?.source ?? '';
      const env = { ...process.env, KEYPLANE_URL: world.url, KEYPLANE_TOKEN: world.api.token };
      const { stdout } = await run('sh', ['-c', `${source} --silent --fail-with-body`], { env }).catch(
        (error) => error,
      );
      expect(JSON.parse(stdout)).toMatchObject({ success: true });
    },
  );
});
