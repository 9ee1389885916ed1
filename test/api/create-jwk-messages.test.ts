import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningNode } from '../../src/node/start-node.ts';
import { startTestManager, type TestManager } from '../support/manager.ts';
import {
  accepted,
  type Body,
  footprint,
  type ProjectApi,
  pemFile,
  projectApi,
  refusal,
} from './support/project-api.ts';
import { keystoreFixture, p256Public, pemFixture } from './support/sample-keys.ts';

let world: TestManager;
let node: RunningNode;
let project: ProjectApi;
let before: unknown;

const pasted = { sourceType: 'COPY_PASTE', jwkStr: JSON.stringify(p256Public) };
const demand = { environmentName: 'production', useType: 'SIGNATURE', algorithm: 'RS256' };

/** What each source needs, in the order in which what is missing is named. */
const sources: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  URL: { url: 'https://example.com/.well-known/jwks.json' },
  COPY_PASTE: { jwkStr: pasted.jwkStr },
  CERTIFICATE: { certificateName: 'leaf', ...demand },
  PUBLIC_KEY: { keyName: 'leaf', ...demand },
  PRIVATE_KEY: { keyName: 'leaf', ...demand },
  KEYSTORE: {
    keyStoreName: 'store',
    environmentName: 'production',
    aliasName: 'rsa',
    useType: 'SIGNATURE',
    algorithm: 'RS256',
  },
};

const words: Readonly<Record<string, string>> = {
  url: 'URL',
  jwkStr: 'JWK string',
  certificateName: 'Certificate name',
  keyName: 'Key name',
  keyStoreName: 'Keystore name',
  environmentName: 'Environment name',
  aliasName: 'Alias name',
  useType: 'Use type',
  algorithm: 'Algorithm',
};

beforeAll(async () => {
  world = await startTestManager({ environments: ['production', 'staging', 'empty'] });
  node = await world.addNode('production', 'p1');
  project = projectApi(world.api);
  accepted(await project.paste('taken', p256Public));
  const pemEncodedFile = pemFile(pemFixture('leaf.pem'));
  const certificate = {
    certificateName: 'leaf',
    alias: 'leaf',
    environmentList: 'production',
    pemEncodedFile,
  };
  accepted(await project.certificate(certificate));
  const content = { environmentName: 'production', content: pemFixture('leaf.key') };
  const key = { name: 'leaf', keyType: 'PRIVATE_KEY', cryptoKeyInfoEnvironmentList: [content] };
  accepted(await project.call('POST', 'keys/', key));
  const file = keystoreFixture('java17/default.p12');
  const opened = { environmentName: 'production', file, password: 'changeit', keyStoreType: 'PKCS12' };
  accepted(await project.call('POST', 'keystores/', { name: 'store', keyStoreEnvironmentList: [opened] }));
  before = await footprint(project, [node]);
});
afterAll(() => world.close());

const createRefused = async (body: unknown) => refusal(await project.create(body));

describe('an error in a request', () => {
  const validSources = 'Valid values: URL, COPY_PASTE, CERTIFICATE, PUBLIC_KEY, PRIVATE_KEY, KEYSTORE';
  const generate = `${validSources}. To generate a key use POST /apiops/projects/{projectName}/jwks/generate`;
  const taken = 'JWK (name: taken) is already exist! Try update operation if want to change its value.';
  const keystore = { name: 'new', sourceType: 'KEYSTORE' };
  const nowhere = 'Environment (nowhere) is not found or user does not have privilege to access it!';

  test.each<[body: Body, text: string]>([
    [{}, 'JWK name can not be empty!'],
    [{ sourceType: 'NO_SUCH' }, 'JWK name can not be empty!'],
    [{ name: 'taken' }, 'Source type is required!'],
    [{ name: 'taken', sourceType: 'NO_SUCH' }, `Source type (NO_SUCH) is not valid! ${validSources}`],
    [{ name: 'taken', sourceType: 'GENERATE' }, `Source type (GENERATE) is not valid! ${generate}`],
    [{ name: 'taken', sourceType: 'KEYSTORE' }, taken],
    [{ name: 'taken', sourceType: 'KEYSTORE', useType: 'x', environmentName: 'nowhere' }, taken],
    [{ name: 'taken', ...pasted }, taken],
    [{ name: 'taken', ...pasted, jwkStr: '{' }, taken],
    [{ name: 'taken', sourceType: 'COPY_PASTE' }, taken],
    [keystore, 'Keystore name is required for KEYSTORE source type!'],
    [{ ...keystore, keyStoreName: 'x' }, 'Environment name is required for KEYSTORE source type!'],
    [
      { ...keystore, keyStoreName: 'x', environmentName: 'nowhere' },
      'Alias name is required for KEYSTORE source type!',
    ],
    [
      { ...keystore, keyStoreName: 'x', environmentName: 'nowhere', aliasName: 'x' },
      'Use type is required for KEYSTORE source type!',
    ],
    [
      { ...keystore, keyStoreName: 'x', environmentName: 'nowhere', aliasName: 'x', useType: 'SIGNATURE' },
      'Algorithm is required for KEYSTORE source type!',
    ],
    [
      { ...keystore, ...sources.KEYSTORE, keyStoreName: 'x', environmentName: 'nowhere', aliasName: 'x' },
      nowhere,
    ],
    [
      { ...keystore, ...sources.KEYSTORE, keyStoreName: 'x', aliasName: 'x', algorithm: 'x' },
      'Keystore (name: x) is not found!',
    ],
    [
      { ...keystore, ...sources.KEYSTORE, aliasName: 'x', algorithm: 'x' },
      'Alias (x) is not found in keystore (name: store)!',
    ],
    [
      { ...keystore, ...sources.KEYSTORE, algorithm: 'RSA' },
      'Algorithm (RSA) is not valid for RSA keys with use type SIGNATURE! Valid values: RS256, RS384, RS512, PS256, PS384, PS512',
    ],
  ])('is reported in the order of the checks: %j', async (body, text) => {
    expect(await createRefused(body)).toBe(text);
  });

  const missing = Object.entries(sources).flatMap(([sourceType, fields]) =>
    Object.keys(fields).map((field) => ({
      sourceType,
      field,
      text: `${words[field]} is required for ${sourceType} source type!`,
    })),
  );
  test.each(missing)('names the $field that $sourceType does not have, or that is empty', async (row) => {
    const { sourceType, field, text } = row;
    const complete = { name: 'new', sourceType, ...sources[sourceType] };
    for (const nothing of [undefined, null, '', '   ', '\t\n', '\u{a0}\u{3000}']) {
      expect(await createRefused({ ...complete, [field]: nothing })).toBe(text);
    }
  });

  test.each(['name', 'sourceType'])('names the %s that is empty', async (field) => {
    const text = field === 'name' ? 'JWK name can not be empty!' : 'Source type is required!';
    for (const nothing of [undefined, null, '', '   ', '\r\n']) {
      expect(await createRefused({ name: 'new', ...pasted, [field]: nothing })).toBe(text);
    }
  });

  test.each([
    'url',
    'Url',
    'copy_paste',
    'COPY-PASTE',
    'CERTIFICATE ',
    'KEY',
    'JWKS',
    '__proto__',
    'constructor',
  ])('names the source type %j, which is spelled wrong', async (sourceType) => {
    const text = await createRefused({ name: 'new', ...sources.KEYSTORE, sourceType });
    expect(text).toBe(`Source type (${sourceType}) is not valid! ${validSources}`);
  });

  test.each(['signature', 'Signature', 'sig', 'SIGNATURE ', 'ENCRYPT', 'SIGN', 'enc', 'toString'])(
    'names the use type %j, for every source',
    async (useType) => {
      for (const sourceType of ['CERTIFICATE', 'PUBLIC_KEY', 'PRIVATE_KEY', 'KEYSTORE']) {
        const text = await createRefused({ name: 'new', sourceType, ...sources[sourceType], useType });
        expect(text).toBe(`Use type (${useType}) is not valid! Valid values: SIGNATURE, ENCRYPTION`);
      }
    },
  );

  const names = [
    ['CERTIFICATE', 'certificateName', 'Certificate'],
    ['PUBLIC_KEY', 'keyName', 'Key'],
    ['PRIVATE_KEY', 'keyName', 'Key'],
    ['KEYSTORE', 'keyStoreName', 'Keystore'],
  ] as const;
  test.each(names)(
    'says that %s has no material of that name in that environment',
    async (sourceType, field, label) => {
      const complete = { name: 'new', sourceType, ...sources[sourceType] };
      for (const other of ['nothing', 'LEAF', 'leaf ', '..', 'a/b', '%00']) {
        const text = await createRefused({ ...complete, [field]: other });
        expect(text).toBe(`${label} (name: ${other}) is not found!`);
      }
      const own = sources[sourceType]?.[field];
      const elsewhere = await createRefused({ ...complete, environmentName: 'staging' });
      expect(elsewhere).toBe(`${label} (name: ${own}) is not found!`);
      for (const environmentName of ['nowhere', 'PRODUCTION', 'production ']) {
        expect(await createRefused({ ...complete, environmentName })).toBe(
          `Environment (${environmentName}) is not found or user does not have privilege to access it!`,
        );
      }
    },
  );

  test('does not repeat long texts or invisible characters', async () => {
    const long = await createRefused({ name: 'new', sourceType: 'X'.repeat(100_000) });
    expect(long.length).toBeLessThan(400);
    const unseen = await createRefused({ name: 'new', sourceType: 'KEY\u{202e}STORE\n' });
    expect(unseen).not.toMatch(/[\p{Cf}\p{Cc}]/u);
    const alias = {
      name: 'new',
      ...sources.KEYSTORE,
      sourceType: 'KEYSTORE',
      aliasName: 'a\u{7}'.repeat(5_000),
    };
    expect(await createRefused(alias)).not.toMatch(/\p{Cc}|.{600}/u);
  });
});

test('a refused request stores nothing and changes no node', async () => {
  expect(await footprint(project, [node])).toEqual(before);
  expect(before).toMatchObject({ nodes: [{ counts: { jwks: 1 } }] });
});
