// The test of an outlet where the node is connected to another manager on the same database: it asks that one.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Manager } from '../../src/compose/manager.ts';
import { Deployments } from '../../src/deployments/deployments.ts';
import { type Api, apiOf, startTestManager, type TestManager, until } from '../support/manager.ts';
import { databaseKind } from '../support/postgres-databases.ts';

const outlets = '/apiops/projects/MyProject/outlets/';
const place = { environmentName: 'edge', nodeName: 'e1' };
const notAsked =
  'Not tested: the manager that the node is connected to did not respond. The node reported last';

describe.runIf(databaseKind() === 'postgres')('a manager that the node is not connected to', () => {
  let world: TestManager;
  let other: Manager;
  let atOther: Api;
  let folder: string;

  beforeAll(async () => {
    world = await startTestManager({ environments: ['edge'] });
    const outletDir = join(world.dataDir, 'outlets');
    folder = join(outletDir, 'MyProject', 'keys');
    await world.addNode('edge', 'e1', { outletDir });
    other = await world.addManager();
    atOther = apiOf(other.url, world.api.token);
    await world.api('POST', outlets, {
      name: 'files',
      kind: 'FILES',
      content: 'JWKS',
      target: { path: 'keys/jwks.json', layout: 'RENAME' },
    });
  });
  afterAll(async () => {
    await other?.close();
    await world?.close();
  });

  const isIn = (state: string) =>
    until(async () => {
      const { body } = await atOther('GET', `${outlets}files/`);
      return body.resultList[0].environments[0].state === state;
    }, `it is ${state}`);
  const trials = async (api: Api) => (await api('POST', `${outlets}files/test`)).body.resultList;

  const left = async () => (await world.raw('select id from outlet_tests')).length;

  test('asks the manager that it is connected to', async () => {
    await isIn('CURRENT');
    for (const api of [world.api, atOther, atOther]) {
      expect(await trials(api)).toEqual([{ ...place, success: true, message: 'The files can be written' }]);
    }
    expect(await left()).toBe(0);

    // A file where the outlet needs a folder.
    rmSync(folder, { recursive: true });
    writeFileSync(folder, 'of somebody else');
    await atOther('POST', `${outlets}files/deliver`, {});
    await isIn('FAILING');
    const asked = await trials(world.api);
    expect(asked).toMatchObject([{ success: false }]);
    expect(asked[0].message).not.toContain('Not tested');
    expect(await trials(atOther)).toEqual(asked);

    rmSync(folder);
    mkdirSync(folder);
    await atOther('POST', `${outlets}files/deliver`, {});
    await isIn('CURRENT');
    expect((await trials(atOther))[0]).toMatchObject({ success: true });
  });

  test('says that nothing was tested where no manager answers, and what the node reported last', async () => {
    await isIn('CURRENT');
    // As where its manager was killed a moment ago: the stream is of no manager that is running.
    const { testOutlet } = Deployments.prototype;
    Deployments.prototype.testOutlet = async () => undefined;
    try {
      expect(await trials(atOther)).toEqual([
        { ...place, success: true, message: `${notAsked} that the latest change is delivered` },
      ]);
    } finally {
      Deployments.prototype.testOutlet = testOutlet;
    }
    expect(await left()).toBe(0);
  });
});
