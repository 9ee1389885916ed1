import { parseYaml as load } from '@redocly/openapi-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { yamlText } from '../../src/cli/terminal/yaml.ts';
import { relativeText } from '../../src/runtime/time-text.ts';
import { startTestManager, type TestManager } from '../support/manager.ts';
import { type CommandLine, commandLine } from './support/command-line.ts';

let world: TestManager;
let cli: CommandLine;
beforeAll(async () => {
  world = await startTestManager({ environments: ['production'] });
  cli = await commandLine({
    KEYPLANE_URL: world.url,
    KEYPLANE_TOKEN: world.api.token,
    KEYPLANE_PROJECT: 'MyProject',
  });
  const expires = '2099-01-31T12:30:15Z';
  const made = await cli.run([
    'jwk',
    'generate',
    'b',
    '--type',
    'ec',
    '--curve',
    'p-256',
    '--kid',
    'kid-b',
    '--expires',
    expires,
  ]);
  expect(made.code).toBe(5);
  await cli.run(['jwk', 'generate', 'a', '--type', 'OCT', '--size', '256', '--description', 'no: "yes"']);
});
afterAll(async () => {
  await cli.close();
  await world.close();
});

describe('the result of a list', () => {
  test('is a table with times in UTC, and more columns with --output wide', async () => {
    const [head = '', ...rows] = (await cli.ok(['jwk', 'list', '--sort', 'name,asc'])).split('\n');
    expect(head).toMatch(/^NAME +TYPE +SIZE +USE +ALGORITHM +KID +SOURCE +EXPIRES$/);
    expect(rows[1]).toMatch(/^b +EC +P-256 +sig +ES256 +kid-b +GENERATE +2099-01-31 12:30 UTC$/);
    const wide = await cli.ok(['jwk', 'list', '--output', 'wide']);
    expect(wide.split('\n')[0]).toMatch(
      / NOT BEFORE +EXPIRES +LAST USED +CREATED +UPDATED +SOURCE ENVIRONMENT +SOURCE ALIAS +URL +DESCRIPTION$/,
    );
    expect(wide).toContain('no: "yes"');
  });

  test('is one name per line with --output name', async () => {
    expect(await cli.ok(['jwk', 'list', '-o', 'name', '--sort', 'name,asc'])).toBe('a\nb\n');
    expect(await cli.ok(['env', 'list', '-o', 'name'])).toBe('production\n');
  });

  test('is the response of the manager with --output json, --json and --output yaml', async () => {
    const list = ['jwk', 'list', '--sort', 'name,asc'];
    const answer = await cli.json(list);
    expect(answer.resultList.map(({ name }: { name: string }) => name)).toEqual(['a', 'b']);
    expect(JSON.parse(await cli.ok([...list, '-o', 'json']))).toEqual(answer);
    expect(load(await cli.ok([...list, '-o', 'yaml']))).toEqual(answer);
    expect(JSON.stringify(answer)).not.toMatch(/"(k|d)":/);
  });

  test('is printed in one format only', async () => {
    expect(await cli.run(['jwk', 'list', '--json', '-o', 'yaml'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('contradict each other'),
    });
    expect(await cli.run(['jwk', 'list', '-o', 'xml'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Allowed choices are table, wide, name, json, yaml'),
    });
  });
});

test('one JWK is shown with the distance of its times from now, or exactly with --output wide', async () => {
  const shown = await cli.ok(['jwk', 'get', 'b']);
  expect(shown).toMatch(/Expires +2099-01-31 12:30 UTC \(in 7\d years\)/);
  expect(await cli.ok(['jwk', 'get', 'b', '-o', 'wide'])).toMatch(/Expires +2099-01-31 12:30:15 UTC\n/);
  const yaml = load(await cli.ok(['jwk', 'get', 'b', '-o', 'yaml'])) as { resultList: { name: string }[] };
  expect(yaml.resultList[0]?.name).toBe('b');
});

test('an error is in the requested format', async () => {
  const failed = await cli.run(['jwk', 'get', 'nobody', '-o', 'yaml']);
  expect(load(failed.stderr)).toMatchObject({ error: 'bad_request', reason: 'NOT_FOUND' });
});

describe('messages about flags', () => {
  test.each([
    [['--type', 'DSA'], /--type <TYPE>' argument 'DSA' is invalid\. Valid values: RSA, EC, OKP, AKP, OCT/],
    [
      ['--type', 'EC', '--curve', 'P-999'],
      /'P-999' is invalid\. Valid values: P-256, P-384, P-521, secp256k1/,
    ],
    [['--type', 'EC'], /--curve is required with --type EC\. Valid values: P-256, P-384/],
    [['--type', 'EC', '--curve', 'X448'], /--curve X448 does not go with --type EC\. Valid values: P-256/],
    [['--type', 'RSA', '--size', '1024'], /--size 1024 does not go with --type RSA\. Valid values: 2048/],
    [['--type', 'OCT', '--curve', 'P-256'], /--curve does not go with --type OCT: give --size/],
  ])('use the spelling of the command line: %j', async (flags, says) => {
    const result = await cli.run(['jwk', 'generate', 'x', ...flags]);
    expect(result).toMatchObject({ code: 2, stderr: expect.stringMatching(says) });
    expect(result.stderr).not.toMatch(/P256|curveType|keySize/);
  });

  test('name the flag also where the manager rejects its value', async () => {
    const source = ['--from-url', 'https://keys.example/', '--kid', 'a'];
    const tooShort = await cli.run(['jwk', 'create', 'x', ...source, '--refresh', '5s']);
    expect(tooShort).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('keyplane: --refresh (PT5S)'),
    });
    const wrong = await cli.run(['jwk', 'create', 'x', ...source, '--refresh', 'soon']);
    expect(wrong).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('A duration such as 30m, 1h or 7d, or PT1H of ISO 8601, is accepted.'),
    });
  });

  test('accept durations such as 7d and ISO 8601', async () => {
    for (const within of ['36500d', 'P36500D', '5000w']) {
      const args = ['jwk', 'list', '-o', 'name', '--expiring-within', within];
      expect(await cli.ok(args), within).toBe('a\nb\n');
    }
    expect(await cli.ok(['jwk', 'list', '-o', 'name', '--expiring-within', '2h30m'])).toBe('');
  });

  test('suggest the command that was meant', async () => {
    expect((await cli.run(['jwk', 'lst'])).stderr).toContain('Did you mean list?');
  });
});

describe('YAML', () => {
  test.each([
    { a: 'no', b: 'true', c: '1', d: '2026-11-29', e: '', f: null, g: 0.5, h: [], i: {}, on: 'y' },
    [[1, [2, { x: ['- a', '# b'] }]], { '1': 'a: b', 'key with: colon': '\u0007\u202e' }],
    { pem: '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n', other: ' a\nb', last: 'a\n\n' },
    { name: 'größe', url: 'https://a.example/x?y=1#z', text: "it's, [ok] {x} & *y !z | > % @ `" },
    'text',
    [],
  ])('of %j is read back as the same value', (value) => {
    expect(load(yamlText(value))).toEqual(value);
  });

  test('a certificate chain in base64, which has + and / and ends with =, is written as quoted text', () => {
    // With a pattern that matches in several ways this would take longer than the universe is old.
    const certificate = `MIID${'A+b/c+D/'.repeat(200)}==`;
    expect(yamlText({ x5c: [certificate] })).toBe(`x5c:\n  - "${certificate}"\n`);
  });

  test('keeps PEM readable', () => {
    expect(yamlText({ pem: '-----BEGIN X-----\nAA\n-----END X-----\n' })).toBe(
      'pem: |\n  -----BEGIN X-----\n  AA\n  -----END X-----\n',
    );
  });
});

test.each([
  ['2028-11-28T12:00:00Z', 'in 2 years'],
  ['2027-11-29T12:00:00Z', 'in 1 year'],
  ['2026-12-04T11:59:00Z', 'in 5 days'],
  ['2026-11-29T13:00:00Z', 'in 1 hour'],
  ['2026-11-29T11:58:00Z', '2 minutes ago'],
  ['2026-11-29T12:00:00Z', 'now'],
])('%s is %s, seen from 2026-11-29 12:00', (instant, text) => {
  expect(relativeText(instant, Date.parse('2026-11-29T12:00:00Z'))).toBe(text);
});
