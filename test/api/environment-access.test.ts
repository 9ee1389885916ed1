import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningNode } from '../../src/node/start-node.ts';
import { startTestManager, type TestManager, until } from '../support/manager.ts';
import {
  accepted,
  type Item,
  nodeStatus,
  type ProjectApi,
  pemFile,
  projectApi,
  publishedKeys,
} from './support/project-api.ts';
import { p256Public, pemFixture } from './support/sample-keys.ts';

let world: TestManager;
let node: RunningNode;
let mine: ProjectApi;
let theirs: ProjectApi;
beforeAll(async () => {
  world = await startTestManager({ projects: ['Mine', 'Theirs'] });
  const environment = { name: 'production', type: 'PRODUCTION', projects: ['Theirs'], environmentSet: true };
  accepted(await world.api('POST', '/apiops/environments/', environment));
  node = await world.addNode('production', 'p1');
  mine = projectApi(world.api, 'Mine');
  theirs = projectApi(world.api, 'Theirs');
});
afterAll(() => world.close());

const reachedBy = (projects: readonly string[] | null) =>
  world.api('PUT', '/apiops/environments/production/', { name: 'production', type: 'PRODUCTION', projects });
const kidsOn = async () => (await publishedKeys(node)).map(({ kid }: Item) => kid).sort();
const become = (kids: readonly string[]) =>
  until(async () => JSON.stringify(await kidsOn()) === JSON.stringify(kids), `the node has ${kids}`);
const nothing = { success: true, message: 'Deployment completed successfully', environmentResults: [] };

describe('a JWK of a project', () => {
  test('is deployed nowhere while the project reaches no environment, which is a success', async () => {
    const answer = await mine.paste('first', p256Public, 'mine');
    expect(answer.body).toEqual({ success: true, deploymentResult: nothing });
    expect((await world.api('GET', '/apiops/projects/Mine/environments/')).body.resultList).toEqual([]);
    expect((await nodeStatus(node)).counts).toMatchObject({ jwks: 0 });
  });

  test('goes only to the environments that the project reaches', async () => {
    const answer = await theirs.paste('first', p256Public, 'theirs');
    expect(answer.body.deploymentResult.environmentResults).toEqual([
      { environmentName: 'production', success: true, message: 'Deployed successfully' },
    ]);
    expect(await kidsOn()).toEqual(['theirs']);
  });

  test('waits for the first node of its environment, and is there when it comes', async () => {
    accepted(
      await world.api('POST', '/apiops/environments/', {
        name: 'staging',
        type: 'TEST',
        projects: ['Theirs'],
      }),
    );
    const { body } = await theirs.paste('second', p256Public, 'waits');
    expect(body).toEqual({
      success: true,
      deploymentResult: {
        success: false,
        message: 'Deployment failed in 1 of 2 environments',
        environmentResults: [
          { environmentName: 'production', success: true, message: 'Deployed successfully' },
          {
            environmentName: 'staging',
            success: false,
            message: 'No node is registered in this environment',
          },
        ],
      },
    });
    const staging = await world.addNode('staging', 's1');
    await until(async () => (await nodeStatus(staging)).counts.jwks === 2, 'staging has both keys');
    expect((await publishedKeys(staging, 'Theirs')).map(({ kid }) => kid)).toEqual(['theirs', 'waits']);
  });

  test('comes and goes with the projects that an environment is open to', async () => {
    accepted(await reachedBy(['Mine', 'Theirs']));
    await become(['mine', 'theirs', 'waits']);
    accepted(await reachedBy(['Mine']));
    await become(['mine']);
    accepted(await reachedBy([]));
    await become([]);
    accepted(await reachedBy(null));
    await become(['mine', 'theirs', 'waits']);
    const pemEncodedFile = pemFile(pemFixture('ec.pem'));
    const fields = { certificateName: 'c', alias: 'c', environmentList: 'production', pemEncodedFile };
    accepted(await mine.certificate(fields));
    accepted(await reachedBy(['Theirs']));
    await become(['theirs', 'waits']);
    expect((await nodeStatus(node)).counts).toMatchObject({ jwks: 2, certificates: 0 });
    expect((await fetch(`${node.url}/projects/Mine/.well-known/jwks.json`)).status).toBe(404);
  });

  test('cannot be put into an environment that the project no longer reaches', async () => {
    const source = {
      sourceType: 'CERTIFICATE',
      certificateName: 'c',
      useType: 'SIGNATURE',
      algorithm: 'ES256',
    };
    const { body } = await mine.create({ name: 'x', ...source, environmentName: 'production' });
    expect(body.error_description).toBe(
      'Environment (production) is not found or user does not have privilege to access it!',
    );
  });

  test('leaves the nodes when the project is deleted, and its name can be used again', async () => {
    accepted(await world.api('DELETE', '/apiops/projects/Theirs/'));
    await become([]);
    expect((await theirs.call('GET', 'jwks/')).status).toBe(404);
    accepted(await world.api('POST', '/apiops/projects/', { name: 'Theirs' }));
    expect(await theirs.names('jwks')).toEqual([]);
  });

  test('survives an environment that is deleted', async () => {
    accepted(await world.api('DELETE', '/apiops/environments/staging/'));
    accepted(await reachedBy(null));
    const { body } = await mine.paste('later', p256Public, 'later');
    expect(body.deploymentResult.environmentResults).toEqual([
      { environmentName: 'production', success: true, message: 'Deployed successfully' },
    ]);
    expect(await kidsOn()).toEqual(['later', 'mine']);
  });
});
