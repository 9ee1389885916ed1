import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningNode } from '../../src/node/start-node.ts';
import { startTestManager, type TestManager } from '../support/manager.ts';
import { type CommandLine, commandLine } from './support/command-line.ts';

let world: TestManager;
let node: RunningNode;
let cli: CommandLine;
beforeAll(async () => {
  world = await startTestManager({ environments: ['production'] });
  node = await world.addNode('production', 'n1');
  cli = await commandLine({
    KEYPLANE_URL: world.url,
    KEYPLANE_TOKEN: world.api.token,
    KEYPLANE_PROJECT: 'MyProject',
    KEYPLANE_COMPLETION_TIMEOUT: '60000',
  });
  await cli.ok(['ring', 'create', 'api-signing', '--type', 'EC', '--curve', 'P-256']);
  for (const name of ['one', 'two']) {
    await cli.ok(['jwk', 'generate', name, '--type', 'EC', '--curve', 'P-256']);
  }
});
afterAll(async () => {
  await cli.close();
  await node.close();
  await world.close();
});

const shown = async (name: string) => (await cli.json(['view', 'get', name])).resultList[0];

describe('keyplane view', () => {
  test('create takes each list as a flag, and get shows it with the path of its set', async () => {
    const include = '--key-types|EC, RSA|--algorithms|ES256|--uses|sig|--rings|api-signing|--jwks|one,two';
    const others = '--exclude-jwks|two|--description|for partners';
    const made = await cli.ok(`view|create|partners|${include}|${others}`.split('|'));
    expect(made).toMatch(/^Created view partners: Deployment completed successfully/);
    expect(await shown('partners')).toMatchObject({
      description: 'for partners',
      include: {
        keyTypes: ['EC', 'RSA'],
        algorithms: ['ES256'],
        uses: ['sig'],
        keyRingNames: ['api-signing'],
        jwkNames: ['one', 'two'],
      },
      exclude: { jwkNames: ['two'] },
    });
    const text = await cli.ok(['view', 'get', 'partners']);
    expect(text).toMatch(/Includes +EC, RSA; ES256; sig; key ring api-signing, JWK one, JWK two\n/);
    const path = /JWK Set at nodes +(\S+)/.exec(text)?.[1] ?? '';
    const { keys } = (await (await fetch(node.url + path)).json()) as { keys: unknown[] };
    expect(keys).toHaveLength(3);
    expect(await cli.ok(['view', 'list', '-o', 'name'])).toBe('partners\n');
    expect(await cli.ok(['view', 'list'])).toMatch(/partners +EC, RSA; ES256/);
  });

  test('update replaces the lists that it is given, and takes them away', async () => {
    await cli.ok(['view', 'create', 'changing', '--uses', 'sig', '--exclude-rings', 'api-signing']);
    await cli.ok(['view', 'update', 'changing', '--jwks', 'one']);
    expect(await shown('changing')).toMatchObject({
      include: { jwkNames: ['one'] },
      exclude: { keyRingNames: ['api-signing'] },
    });
    await cli.ok(['view', 'update', 'changing', '--all', '--exclude-nothing', '--wait']);
    expect(await shown('changing')).toMatchObject({ include: null, exclude: null });
    expect(await cli.ok(['view', 'get', 'changing'])).toMatch(/Includes +all keys\n/);
    const both = await cli.run(['view', 'update', 'changing', '--all', '--uses', 'sig']);
    expect([both.code, both.stderr]).toEqual([2, expect.stringContaining('--all includes every key')]);
  });

  test('delete removes it once it is confirmed', async () => {
    await cli.ok(['view', 'create', 'brief']);
    expect(await cli.ok(['view', 'delete', 'brief', '--yes'])).toMatch(/^Deleted view brief/);
    const absent = await cli.run(['view', 'get', 'brief']);
    expect(absent.stderr).toContain('View (name: brief) is not found!');
  });

  test('completes the names of views, key rings and JWKs', async () => {
    const complete = async (...words: string[]) =>
      (await cli.ok(['__complete', ...words])).split('\n').map((line) => line.split('\t')[0]);
    expect(await complete('view', 'get', '')).toContain('partners');
    expect(await complete('view', 'create', 'x', '--rings', '')).toContain('api-signing');
    expect(await complete('view', 'create', 'x', '--uses', 'sig,')).toContain('sig,enc');
    expect(await complete('project', 'update', 'x', '--publish-key-types', 'A')).toContain('AKP');
  });
});

describe('keyplane project', () => {
  const keyTypes = async () => (await cli.json(['project', 'list'])).resultList[0].publishKeyTypes;

  test('update sets the key types of the project’s set and keeps its description, and restores the default', async () => {
    await cli.ok(['project', 'update', 'MyProject', '--description', 'of the shop']);
    await cli.ok(['project', 'update', 'MyProject', '--publish-key-types', 'RSA']);
    expect((await cli.json(['project', 'list'])).resultList[0]).toMatchObject({
      description: 'of the shop',
      publishKeyTypes: ['RSA'],
    });
    expect(await cli.ok(['project', 'list', '-o', 'wide'])).toMatch(/KEY TYPES/);
    await cli.ok(['project', 'update', 'MyProject', '--publish-key-types', 'default']);
    expect(await keyTypes()).toEqual(['RSA', 'EC', 'OKP']);
  });
});
