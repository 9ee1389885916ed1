import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningNode } from '../../src/node/start-node.ts';
import { type Answer, startTestManager, type TestManager } from '../support/manager.ts';
import {
  type Item,
  nodeStatus,
  type ProjectApi,
  pemFile,
  projectApi,
  publishedKeys,
} from './support/project-api.ts';
import { makeCurveKey, p256Public, pemFixture } from './support/sample-keys.ts';

let world: TestManager;
let nodes: readonly RunningNode[];
let project: ProjectApi;
beforeAll(async () => {
  world = await startTestManager({
    environments: ['production', 'staging'],
    projects: ['MyProject', 'Other'],
  });
  nodes = [await world.addNode('production', 'p1'), await world.addNode('staging', 's1')];
  project = projectApi(world.api);
});
afterAll(() => world.close());

const twenty = Array.from({ length: 20 }, (_, index) => index);

/** The one that won, after the others were seen to have lost for the right reason. */
function winnerOf(answers: readonly Answer[], taken: RegExp): number {
  const winners = twenty.filter((index) => answers[index]?.status === 200);
  expect(winners).toHaveLength(1);
  for (const { status, body } of answers) {
    if (status === 200) expect(body.deploymentResult.success).toBe(true);
    else
      expect([status, body.error]).toBeOneOf([
        [400, 'bad_request'],
        [409, 'conflict'],
      ]);
    if (status !== 200) expect(body.error_description).toMatch(taken);
  }
  return winners[0] as number;
}

describe('twenty requests at once', () => {
  test('for one JWK name leave one JWK, that of the request that succeeded', async () => {
    const keys = twenty.map(() => makeCurveKey('P-256'));
    const answers = await Promise.all(keys.map((jwk, index) => project.paste('wanted', jwk, `kid-${index}`)));
    const winner = winnerOf(answers, /^JWK \(name: wanted\) is already exist! Try update operation/);
    expect(await project.names('jwks')).toEqual(['wanted']);
    const { kid, x } = await project.material('wanted');
    expect({ kid, x }).toEqual({ kid: `kid-${winner}`, x: keys[winner]?.x });
    for (const node of nodes) {
      expect((await publishedKeys(node)).map((key: Item) => key.kid)).toEqual([kid]);
      expect((await nodeStatus(node)).counts).toMatchObject({ jwks: 1 });
    }
  });

  test('for one key, one certificate and one alias leave one of each', async () => {
    const cryptoKeyInfoEnvironmentList = [{ environmentName: 'production', content: pemFixture('ec.key') }];
    const key = { name: 'wanted', keyType: 'PRIVATE_KEY', cryptoKeyInfoEnvironmentList };
    winnerOf(
      await Promise.all(twenty.map(() => project.call('POST', 'keys/', key))),
      /^Key \(name: wanted\) is already exist!/,
    );
    const upload = (certificateName: string, alias: string, into = project) => {
      const pemEncodedFile = pemFile(pemFixture('ec.pem'));
      return into.certificate({
        certificateName,
        alias,
        environmentList: 'production,staging',
        pemEncodedFile,
      });
    };
    const named = await Promise.all(twenty.map((index) => upload('wanted', `alias-${index}`)));
    winnerOf(named, /^Certificate \(name: wanted\) is already exist!/);
    const other = projectApi(world.api, 'Other');
    const aliased = await Promise.all(
      twenty.map((index) => upload(`c-${index}`, 'shared', index % 2 ? project : other)),
    );
    winnerOf(aliased, /^Alias \(shared\) is already used for another certificate/);
    expect((await nodeStatus(nodes[0] as RunningNode)).counts).toMatchObject({ keys: 1, certificates: 2 });
    expect((await nodeStatus(nodes[1] as RunningNode)).counts).toMatchObject({ keys: 0, certificates: 2 });
  });

  test('for twenty names are all stored, and on every node when the answers come', async () => {
    const before = await project.names('jwks');
    const answers = await Promise.all(
      twenty.map((index) => project.paste(`many-${index}`, p256Public, `many-${index}`)),
    );
    for (const { body } of answers) expect(body.deploymentResult?.success).toBe(true);
    expect(await project.names('jwks')).toHaveLength(before.length + 20);
    const [first, second] = await Promise.all(nodes.map((node) => publishedKeys(node)));
    expect(first).toHaveLength(before.length + 20);
    expect(second).toEqual(first);
  });
});
