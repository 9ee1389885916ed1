import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningNode } from '../../src/node/start-node.ts';
import { startTestManager, type TestManager } from '../support/manager.ts';
import {
  accepted,
  type Body,
  footprint,
  type ProjectApi,
  projectApi,
  refusal,
} from './support/project-api.ts';
import { p256Public } from './support/sample-keys.ts';

let world: TestManager;
let node: RunningNode;
let project: ProjectApi;
let before: unknown;
const pasted = { sourceType: 'COPY_PASTE', jwkStr: JSON.stringify(p256Public) };

beforeAll(async () => {
  world = await startTestManager({ environments: ['production'] });
  node = await world.addNode('production', 'p1');
  project = projectApi(world.api);
  before = await footprint(project, [node]);
});
afterAll(() => world.close());

const createRefused = async (body: unknown) => refusal(await project.create(body));

describe('a member of the wrong type', () => {
  const texts = ['name', 'description', 'sourceType'] as const;
  const ofSources: Readonly<Record<string, readonly string[]>> = {
    URL: ['url', 'kid'],
    COPY_PASTE: ['jwkStr', 'kid'],
    CERTIFICATE: ['certificateName', 'environmentName', 'useType', 'algorithm', 'kid'],
    PUBLIC_KEY: ['keyName', 'environmentName', 'useType', 'algorithm', 'kid'],
    PRIVATE_KEY: ['keyName', 'environmentName', 'useType', 'algorithm', 'kid'],
    KEYSTORE: ['keyStoreName', 'environmentName', 'aliasName', 'useType', 'algorithm', 'kid'],
  };
  const rows = Object.entries(ofSources).flatMap(([sourceType, members]) =>
    [...texts, ...members].map((member) => ({ sourceType, member })),
  );

  test.each(rows)('is refused by its name: $member of $sourceType', async ({ sourceType, member }) => {
    for (const value of [1, true, ['x'], { x: 1 }, []]) {
      const text = await createRefused({ name: 'new', sourceType, [member]: value });
      expect(text).toBe(`${member} must be a string!`);
    }
  });

  const options = ['urlOptionConnectTimeout', 'urlOptionReadTimeout', 'urlOptionSizeLimit'];
  test.each(options)('is refused by its name: %s of URL', async (member) => {
    const url = { name: 'new', sourceType: 'URL', url: 'http://192.0.2.1/' };
    for (const value of ['5000', true, [5000], {}, '']) {
      expect(await createRefused({ ...url, [member]: value })).toBe(`${member} must be a number!`);
    }
    expect(await createRefused({ ...url, [member]: 0.5 })).toBe(`${member} must be a whole number!`);
    for (const value of [0, -1, 10_485_761, 2 ** 31, 2 ** 53 - 1]) {
      expect(await createRefused({ ...url, [member]: value })).toMatch(
        new RegExp(
          `^${member} \\(${value}\\) is not valid! It takes 1 to (60000 milliseconds|10485760 bytes)$`,
        ),
      );
    }
    for (const value of [1e300, 2 ** 53])
      expect(await createRefused({ ...url, [member]: value })).toContain(member);
  });

  test('is a time limit above a minute', async () => {
    for (const member of ['urlOptionConnectTimeout', 'urlOptionReadTimeout']) {
      const body = { name: 'new', sourceType: 'URL', url: 'http://192.0.2.1/', [member]: 60_001 };
      expect(await createRefused(body)).toBe(
        `${member} (60001) is not valid! It takes 1 to 60000 milliseconds`,
      );
    }
  });

  test('is a description that is too long', async () => {
    const text = await createRefused({ name: 'new', ...pasted, description: 'd'.repeat(1025) });
    expect(text).toBe('description must have at most 1024 characters!');
  });
});

describe('an unknown member', () => {
  const unknown = [
    'color',
    'Name',
    'jwkstr',
    'keystoreName',
    'kty',
    'constructor',
    'toString',
    'hasOwnProperty',
    '',
  ];
  test.each(unknown)('is refused by its name: %j', async (member) => {
    const text = await createRefused({ name: 'new', ...pasted, [member]: 'x' });
    expect(text).toMatch(`Unknown member: ${member}! Accepted members: name, description, sourceType, url, `);
  });

  test('is ignored when it says null, as an absent one is', async () => {
    accepted(
      await project.create({ name: 'with-null', ...pasted, color: null, url: null, description: null }),
    );
    expect(await project.jwk('with-null')).toMatchObject({ description: null, sourceUrl: null });
    const gone = { name: 'new', ...pasted, color: 1 };
    expect(await createRefused(gone)).toContain('Unknown member: color!');
  });
});

test('members of other sources are ignored, whatever they hold', async () => {
  const others = {
    url: 7,
    urlOptionConnectTimeout: 'soon',
    urlOptionReadTimeout: [],
    urlOptionSizeLimit: -1,
    certificateName: {},
    keyName: ['x'],
    keyStoreName: false,
    environmentName: 'nowhere',
    aliasName: 0,
  };
  accepted(await project.create({ name: 'others-ignored', ...pasted, ...others }));
  expect(await project.jwk('others-ignored')).toMatchObject({ use: null, algorithm: null, sourceUrl: null });
  const url = { name: 'new', sourceType: 'URL', jwkStr: 5, certificateName: [], aliasName: {} };
  expect(await createRefused(url)).toBe('URL is required for URL source type!');
  const certificate = { name: 'new', sourceType: 'CERTIFICATE', url: 5, jwkStr: 5, keyName: 5, aliasName: 5 };
  expect(await createRefused(certificate)).toBe('Certificate name is required for CERTIFICATE source type!');
});

describe('a body', () => {
  const deep = (depth: number) => `{"name":"new","description":${'['.repeat(depth)}${']'.repeat(depth)}}`;
  test.each<[what: string, body: string, text: string]>([
    ['empty', '', 'Request body is required and must be a JSON object!'],
    ['null', 'null', 'Request body is required and must be a JSON object!'],
    ['a list', `[${JSON.stringify({ name: 'new', ...pasted })}]`, 'Request body must be a JSON object!'],
    ['text', '"COPY_PASTE"', 'Request body must be a JSON object!'],
    ['cut off', '{"name":"new","sourceType":"URL"', 'Request body is not valid JSON!'],
    ['a form', 'name=new&sourceType=URL', 'Request body is not valid JSON!'],
    ['too deep', deep(40), 'Request body is nested deeper than 32 levels!'],
    ['far too deep', '['.repeat(200_000), 'Request body is nested deeper than 32 levels!'],
    [
      'a prototype',
      '{"name":"new","__proto__":{"sourceType":"COPY_PASTE"}}',
      'Member __proto__ is not allowed!',
    ],
  ])('that is %s is refused', async (_what, body, text) => {
    expect(await createRefused(body)).toBe(text);
  });

  test('that is too large is refused with 413', async () => {
    const { status, body } = await project.create({ name: 'new', ...pasted, jwkStr: 'x'.repeat(1_048_577) });
    expect(status).toBe(413);
    expect(body).toMatchObject({
      error: 'payload_too_large',
      error_description: 'Request body is larger than 1048576 bytes!',
    });
  });
});

describe('the name of a JWK', () => {
  const accepts =
    'A name has 1 to 128 characters: letters and digits of any script, ".", "_" and "-", and is not "." or "..".';
  const wrong: readonly string[] = [
    '.',
    '..',
    'a/b',
    '../a',
    'a\\b',
    'a b',
    ' a',
    'a ',
    'a\tb',
    'a\nb',
    'a:b',
    'a%2fb',
    'a?b',
    'a#b',
    "a'b",
    'a"b',
    'a;b',
    'a,b',
    'a&b',
    'a@b',
    '<a>',
    '*',
    '😀',
    'a\u{200b}b',
    '\u{202e}a',
    'x'.repeat(129),
    '\u{301}a',
  ];
  test.each(wrong)('is rejected if it is not valid: %j', async (name) => {
    const shown = name.replace(/\p{C}/gu, '\u{fffd}').slice(0, 128);
    const text = await createRefused({ name, ...pasted });
    expect(text).toBe(`JWK name (${shown}${name.length > 128 ? '…' : ''}) is not valid! ${accepts}`);
  });

  test.each([
    'a',
    '7',
    '-',
    '_',
    '...',
    'x'.repeat(128),
    'Şifre-Ölçü',
    '鍵',
    'ключ.1',
    'مفتاح',
    'कुंजी',
    '𝒦',
    '__proto__x',
  ])('may be in any script, and finds the JWK: %j', async (name) => {
    accepted(await project.paste(name, p256Public));
    expect(await project.jwk(name)).toMatchObject({ name: name.normalize('NFC') });
    const path = `/projects/MyProject/jwks/${encodeURIComponent(name)}`;
    expect((await fetch(node.url + path)).status).toBe(200);
  });

  test('is the same in both of its Unicode spellings', async () => {
    accepted(await project.paste('cl\u{e9}', p256Public));
    expect(refusal(await project.paste('cle\u{301}', p256Public))).toContain('is already exist!');
    expect(await project.jwk('cle\u{301}')).toMatchObject({ name: 'cl\u{e9}' });
  });

  test('keeps its upper and lower case', async () => {
    accepted(await project.paste('Case', p256Public));
    accepted(await project.paste('case', p256Public));
  });
});

test('a refused request stores nothing and changes no node', async () => {
  expect(await project.names('jwks')).not.toContain('new');
  for (const name of await project.names('jwks')) await project.jwk(name);
  const after = (await footprint(project, [node])) as { nodes: [Body] };
  const stored = (await project.names('jwks')).length;
  expect(before).toMatchObject({ nodes: [{ revision: 0 }] });
  expect(after.nodes[0]).toMatchObject({ revision: stored, counts: { jwks: stored } });
});
