import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestManager, type TestManager, until } from '../support/manager.ts';

const p256 = {
  kty: 'EC',
  crv: 'P-256',
  x: 'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4',
  y: '4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM',
};

let world: TestManager;
beforeAll(async () => {
  world = await startTestManager({ environments: ['production', 'staging'] });
});
afterAll(() => world.close());

const create = (body: object) => world.api('POST', '/apiops/projects/MyProject/jwks/', body);

describe('a JWK from a request to the nodes', () => {
  test('is live on every node of every environment when the answer comes', async () => {
    const production = await world.addNode('production', 'p1');
    const staging = await world.addNode('staging', 's1');
    const answer = await create({ name: 'first', sourceType: 'COPY_PASTE', jwkStr: JSON.stringify(p256) });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      success: true,
      deploymentResult: {
        success: true,
        message: 'Deployment completed successfully',
        environmentResults: [
          { environmentName: 'production', success: true, message: 'Deployed successfully' },
          { environmentName: 'staging', success: true, message: 'Deployed successfully' },
        ],
      },
    });
    for (const node of [production, staging]) {
      const set = await (await fetch(`${node.url}/.well-known/jwks.json`)).json();
      expect(set).toMatchObject({ keys: [{ ...p256, kid: 'cn-I_WNMClehiVp51i_0VpOENW1upEerA8sEam5hn-s' }] });
    }
  });

  test('a deployment names the disconnected node, the key is stored, and the node gets it when it reconnects', async () => {
    const away = await world.addNode('staging', 's2');
    await away.close();
    await until(async () => {
      const { body } = await world.api('GET', '/apiops/environments/staging/nodes/');
      return body.resultList.some(
        (node: { name: string; connected: boolean }) => node.name === 's2' && !node.connected,
      );
    }, 's2 is seen to be away');
    const { body, status } = await create({
      name: 'second',
      sourceType: 'COPY_PASTE',
      jwkStr: JSON.stringify(p256),
    });
    expect(status).toBe(200);
    expect(body.success).toBe(true);
    expect(body.deploymentResult).toMatchObject({
      success: false,
      message: 'Deployment failed in 1 of 2 environments',
      environmentResults: [
        { environmentName: 'production', success: true },
        { environmentName: 'staging', success: false, message: 'Node (s2): not connected' },
      ],
    });
    const back = await world.addNode('staging', 's2');
    await until(async () => {
      const answer = await fetch(`${back.url}/projects/MyProject/jwks/second`);
      return answer.status === 200;
    }, 's2 serves the second key');
  });

  test('survives a restart of the manager, and the nodes come back by themselves', async () => {
    await world.restart();
    await until(async () => {
      const { body } = await world.api('GET', '/apiops/environments/production/nodes/');
      return body.resultList.every((node: { connected: boolean }) => node.connected);
    }, 'production is connected again');
    const { body } = await world.api('GET', '/apiops/projects/MyProject/jwks/');
    expect(body.resultList.map((jwk: { name: string }) => jwk.name)).toEqual(['first', 'second']);
    const answer = await create({ name: 'third', sourceType: 'COPY_PASTE', jwkStr: JSON.stringify(p256) });
    expect(answer.body.deploymentResult.environmentResults[0]).toMatchObject({ success: true });
  });
});
