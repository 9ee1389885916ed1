import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestManager, type TestManager } from '../support/manager.ts';
import { type CommandLine, commandLine } from './support/command-line.ts';

let world: TestManager;
let cli: CommandLine;
beforeAll(async () => {
  world = await startTestManager({
    environments: ['production'],
    settings: { KEYPLANE_DEPLOY_TIMEOUT: '100' },
  });
  cli = await commandLine({
    KEYPLANE_URL: world.url,
    KEYPLANE_TOKEN: world.api.token,
    KEYPLANE_PROJECT: 'MyProject',
  });
});
afterAll(async () => {
  await cli.close();
  await world.close();
});

const generate = (name: string) => ['jwk', 'generate', name, '--type', 'EC', '--curve', 'P-256'];

describe('--wait', () => {
  test('ends with code 5 and the reason where no node has the change in time', async () => {
    const result = await cli.run([...generate('early'), '--wait-timeout', '1s']);
    expect(result).toMatchObject({
      code: 5,
      stdout: expect.stringMatching(/Generated JWK early: Deployment failed in 1 of 1 environments/),
      stderr: 'The change is stored. The manager retries until every node has it.\n',
    });
    expect(result.stdout).toContain('No node is registered in this environment');
  });

  test('waits for a node that joins later, and ends with code 0', async () => {
    const running = cli.run([...generate('waited'), '--wait', '-o', 'json']);
    await stored('waited');
    const node = await world.addNode('production', 'n1');
    const result = await running;
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(result.stdout).deploymentResult).toEqual({
      success: true,
      message: 'Deployment completed successfully',
      environmentResults: [
        { environmentName: 'production', success: true, message: 'Deployed successfully' },
      ],
    });
    await node.close();
  });

  test('names the node that misses a deletion', async () => {
    const result = await cli.run(['jwk', 'delete', 'early', '--yes', '--wait', '--wait-timeout', '1s']);
    expect(result).toMatchObject({
      code: 5,
      stdout: expect.stringContaining('Undeployment failed in 1 of 1'),
    });
    expect(result.stdout).toMatch(/production +Node \(n1\): not connected/);
  });
});

describe('jwk deployment', () => {
  test('ends with code 5 while a node misses the JWK, and with code 0 when it has it', async () => {
    await cli.run(generate('late'));
    const missing = await cli.run(['jwk', 'deployment', 'late']);
    expect(missing).toMatchObject({ code: 5, stdout: expect.stringMatching(/production +n1 +no +no/) });
    const stillMissing = await cli.run(['jwk', 'deployment', 'late', '--wait-timeout', '1s']);
    expect(stillMissing.code).toBe(5);

    const running = cli.run(['jwk', 'deployment', 'late', '--wait']);
    const node = await world.addNode('production', 'n2');
    expect((await world.api('DELETE', '/apiops/environments/production/nodes/n1/')).status).toBe(200);
    expect(await running).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/production +n2 +yes +yes/),
    });
    await node.close();
  });
});

/** Resolves when the manager has the JWK. */
async function stored(name: string): Promise<void> {
  await expect
    .poll(async () => (await world.api('GET', `/apiops/projects/MyProject/jwks/${name}/`)).status, {
      timeout: 60_000,
    })
    .toBe(200);
}
