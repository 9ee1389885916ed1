import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestManager, type TestManager } from '../support/manager.ts';
import { type CommandLine, commandLine } from './support/command-line.ts';

let world: TestManager;
let cli: CommandLine;
beforeAll(async () => {
  world = await startTestManager();
  cli = await commandLine({
    KEYPLANE_URL: world.url,
    KEYPLANE_TOKEN: world.api.token,
    KEYPLANE_PROJECT: 'MyProject',
  });
});
afterAll(async () => {
  await cli?.close();
  await world?.close();
});

const generate = (name: string) =>
  world.api('POST', '/apiops/projects/MyProject/jwks/generate', {
    name,
    type: 'EC',
    ec: { curveType: 'P256' },
  });
const lines = (text: string) =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

test('keyplane events prints one event a line, from after a sequence, of given types', async () => {
  for (const name of ['one', 'two']) await generate(name);
  await world.api('DELETE', '/apiops/projects/MyProject/jwks/one/');
  expect(lines(await cli.ok(['events']))).toMatchObject([
    { sequence: 1, type: 'jwk.created', data: { objectName: 'one' } },
    { sequence: 2, type: 'jwk.created', data: { objectName: 'two' } },
    { sequence: 3, type: 'jwk.deleted', data: { objectName: 'one' } },
  ]);
  expect(lines(await cli.ok(['events', '--after', '1', '--type', 'jwk.created']))).toMatchObject([
    { sequence: 2 },
  ]);
  expect((await cli.run(['events', '--type', 'jwk.create'])).code).not.toBe(0);
  expect((await cli.run(['events', '--after', 'x'])).code).not.toBe(0);
});

test('keyplane events --follow goes on with new events, and over a restart of the manager', async () => {
  const following = cli.start(['events', '--follow', '--after', '3']);
  await generate('three');
  await following.shows(/"objectName":"three"/);
  await world.restart();
  await generate('four');
  await following.shows(/"objectName":"four"/);
  await following.end();
});

test('keyplane events prints a gap where events are no longer kept', async () => {
  await world.raw('delete from events where sequence <= 2');
  const [gap, next] = lines(await cli.ok(['events', '--after', '0']));
  expect(gap).toMatchObject({ type: 'events.gap', data: { projectName: 'MyProject', lost: 2 } });
  expect(next).toMatchObject({ sequence: 3 });
});

test('keyplane events prints those of one environment', async () => {
  await world.raw(`insert into events (project_id, sequence, id, type, object_type, object_name, kid, facts, at)
select id, 1000, 'away', 'node.away', 'node', 'n1', null, '{"environmentName":"edge"}', ${Date.now()}
from projects where name = 'MyProject'`);
  expect(lines(await cli.ok(['events', '--environment', 'edge']))).toMatchObject([
    { sequence: 1000, type: 'node.away', data: { environmentName: 'edge' } },
  ]);
  expect(lines(await cli.ok(['events', '--environment', 'other']))).toEqual([]);
});
