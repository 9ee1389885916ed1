import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningNode, startNode } from '../../src/node/start-node.ts';
import {
  accepted,
  nodeStatus,
  type ProjectApi,
  projectApi,
  publishedKeys,
  refusal,
} from '../api/support/project-api.ts';
import { p256Public } from '../api/support/sample-keys.ts';
import { silent, startTestManager, type TestManager, until } from '../support/manager.ts';
import { deployedTo } from './support/material.ts';

let world: TestManager;
let nodes: readonly RunningNode[];
let project: ProjectApi;
beforeAll(async () => {
  world = await startTestManager({ environments: ['production', 'staging'] });
  nodes = [await world.addNode('production', 'p1'), await world.addNode('staging', 's1')];
  project = projectApi(world.api);
});
afterAll(() => world.close());

const paste = (name: string) => project.paste(name, { ...p256Public, kid: name });
const kids = async (node: RunningNode) => (await publishedKeys(node)).map(({ kid }) => kid);

describe('a JWK that is deleted', () => {
  test('is undeployed from every node, then deleted, and its name is free', async () => {
    accepted(await paste('gone'));
    accepted(await paste('stays'));
    const answer = await project.call('DELETE', 'jwks/gone/');
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual(deployedTo('Undeploy', 'production', 'staging'));
    for (const node of nodes) {
      expect(await kids(node)).toEqual(['stays']);
      expect((await fetch(`${node.url}/projects/MyProject/jwks/gone`)).status).toBe(404);
    }
    expect(await project.names('jwks')).toEqual(['stays']);
    for (const method of ['GET', 'DELETE']) {
      expect(refusal(await project.call(method, 'jwks/gone/'))).toBe('JWK (name: gone) is not found!');
    }
    expect(refusal(await project.call('PUT', 'jwks/gone/', {}))).toBe(
      'JWK (name: gone) is not found! Try create operation.',
    );
    accepted(await paste('gone'));
    accepted(await project.call('DELETE', 'jwks/gone'));
  });

  test('is deleted once by two requests at once', async () => {
    accepted(await paste('twice'));
    const answers = await Promise.all([1, 2].map(() => project.call('DELETE', 'jwks/twice/')));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
  });

  test('of another project cannot be deleted, and one that does not exist changes no node', async () => {
    accepted(await world.api('POST', '/apiops/projects/', { name: 'Other' }));
    const before = await Promise.all(nodes.map(nodeStatus));
    const other = projectApi(world.api, 'Other');
    expect(refusal(await other.call('DELETE', 'jwks/stays/'))).toBe('JWK (name: stays) is not found!');
    expect(refusal(await project.call('DELETE', 'jwks/nothing/'))).toBe('JWK (name: nothing) is not found!');
    expect(await Promise.all(nodes.map(nodeStatus))).toEqual(before);
  });

  test('a node that was offline learns of the deletion when it reconnects', async () => {
    const { token } = (await world.api('POST', '/apiops/environments/production/enrollment-tokens/')).body;
    const options = {
      managerUrl: world.url,
      environment: 'production',
      name: 'p2',
      host: '127.0.0.1',
      port: 0,
      dataDir: `${world.dataDir}/nodes/p2`,
      token,
      logger: silent,
      version: 'test',
    };
    const away = await startNode(options);
    accepted(await paste('away'));
    await until(async () => (await fetch(`${away.url}/readyz`)).ok, 'p2 has its first state');
    await until(async () => (await kids(away)).includes('away'), 'p2 has the JWK');
    await away.close();
    const { body } = await project.call('DELETE', 'jwks/away/');
    expect(body.success).toBe(true);
    expect(body.deploymentResult).toEqual({
      success: false,
      message: 'Undeployment failed in 1 of 2 environments',
      environmentResults: [
        { environmentName: 'production', success: false, message: expect.stringContaining('p2') },
        { environmentName: 'staging', success: true, message: 'Undeployed successfully' },
      ],
    });
    expect(await project.names('jwks')).not.toContain('away');
    const back = await startNode(options);
    await until(async () => !(await kids(back)).includes('away'), 'p2 has learnt of it');
    expect(await kids(back)).toEqual(['stays']);
    await back.close();
  });
});
