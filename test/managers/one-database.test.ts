import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startFakeNode } from '../api/support/fake-node.ts';
import { projectApi } from '../api/support/project-api.ts';
import { p256Public } from '../api/support/sample-keys.ts';
import { apiOf, signedIn, until } from '../support/manager.ts';
import {
  adminPassword,
  isConnected,
  type OneOfSeveral,
  type SeveralManagers,
  startManagers,
} from './support/several-managers.ts';

const longestMs = 5_000;

let several: SeveralManagers;
let here: OneOfSeveral;
let there: OneOfSeveral;
beforeAll(async () => {
  several = await startManagers({ environments: ['doomed', 'kept', 'taken'] });
  [here, there] = several.managers;
});
afterAll(() => several.close());

const silentNode = (at: OneOfSeveral, environment: string, name: string) =>
  startFakeNode(at, { environment, name, reply: () => undefined });

describe('what is revoked at one manager ends at the others within 5 s:', () => {
  const status = async (api: OneOfSeveral['api']) => (await api('GET', '/apiops/projects/')).status;

  test('a personal token', async () => {
    const made = await here.api('POST', '/apiops/tokens/', { name: 'ci' });
    const elsewhere = apiOf(there.url, made.body.token);
    expect(await status(elsewhere)).toBe(200);
    await here.api('DELETE', '/apiops/tokens/ci/');
    await until(async () => (await status(elsewhere)) === 401, 'it is rejected', longestMs);
  });

  test('the sessions of a user whose password was changed, and of one who was deleted', async () => {
    const password = 'a first password';
    await here.api('POST', '/apiops/users/', { username: 'jo', password });
    const elsewhere = await signedIn(there.url, 'jo', password);
    expect(await status(elsewhere)).toBe(200);
    await here.api('PUT', '/apiops/users/jo/', { password: 'another password' });
    await until(async () => (await status(elsewhere)) === 401, 'the session ends', longestMs);
    const again = await signedIn(there.url, 'jo', 'another password');
    expect(await status(again)).toBe(200);
    await here.api('DELETE', '/apiops/users/jo/');
    await until(async () => (await status(again)) === 401, 'the other one ends', longestMs);
  });

  test('the stream of a node that is removed', async () => {
    const node = await silentNode(there, 'kept', 'forgotten');
    await here.api('DELETE', '/apiops/environments/kept/nodes/forgotten/');
    await until(() => node.closeCode() === 4410, 'its stream is closed', longestMs);
  });

  test('the stream of a node whose enrollment token is revoked', async () => {
    const node = await silentNode(there, 'kept', 'revoked');
    const tokens = '/apiops/environments/kept/enrollment-tokens/';
    for (const { id } of (await here.api('GET', tokens)).body.resultList) {
      await here.api('DELETE', `${tokens}${id}/`);
    }
    await until(() => node.closeCode() === 4401, 'its stream is closed', longestMs);
    await until(async () => !(await isConnected(here.api, 'kept', 'revoked')), 'it is listed so');
  });

  test('the streams of an environment that is deleted', async () => {
    const node = await silentNode(there, 'doomed', 'last');
    await here.api('DELETE', '/apiops/environments/doomed/');
    await until(() => node.closeCode() === 4401, 'its stream is closed', longestMs);
  });
});

describe('a node that comes to another manager', () => {
  test('has its stream taken over from the former manager, and is listed once as connected', async () => {
    const before = await silentNode(here, 'taken', 'mover');
    const after = await silentNode(there, 'taken', 'mover');
    await until(() => before.closeCode() === 4409, 'the earlier stream is closed', longestMs);
    // What the earlier manager records of the end of its stream is late, and must not count.
    const answer = await projectApi(here.api).paste('after-move', p256Public);
    expect(answer.body.success).toBe(true);
    for (const { api } of several.managers) expect(await isConnected(api, 'taken', 'mover')).toBe(true);
    expect(after.closeCode()).toBeUndefined();
    await after.close();
  });
});

describe('two managers', () => {
  test('give one name to one of several concurrent requests', async () => {
    const password = adminPassword;
    const projects = await Promise.all(
      several.managers.map(async ({ url }) => projectApi(await signedIn(url, 'admin', password), 'Races')),
    );
    await here.api('POST', '/apiops/projects/', { name: 'Races' });
    await here.api('PUT', '/apiops/environments/kept/', { projects: [] });
    await here.api('PUT', '/apiops/environments/taken/', { projects: [] });
    for (let round = 1; round <= 30; round += 1) {
      const answers = await Promise.all(
        projects.map((project) => project.paste(`raced-${round}`, p256Public)),
      );
      const taken = `JWK (name: raced-${round}) is already exist! Try update operation if want to change its value.`;
      expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 400]);
      expect(answers.find(({ status }) => status === 400)?.body.error_description).toBe(taken);
    }
    expect(new Set(await projects[0]?.names('jwks')).size).toBe(30);
  });

  test('continue after their LISTEN connections broke, and notify each other again', async () => {
    const listeners = `select pid from pg_stat_activity
      where application_name = 'keyplane listen' and datname = current_database()`;
    const before = (await several.raw(listeners)).map(({ pid }) => pid);
    expect(before).toHaveLength(2);
    await several.addNode(there.url, 'kept', 'listening');
    await here.api('PUT', '/apiops/environments/kept/', {});
    await several.raw('delete from nodes where name <> $$listening$$');
    await several.raw(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = 'keyplane listen' and datname = current_database()`,
    );
    const { body } = await projectApi(here.api).paste('while-deaf', p256Public);
    const result = { environmentName: 'kept', success: true, message: 'Deployed successfully' };
    expect(body.deploymentResult.environmentResults).toContainEqual(result);
    await until(async () => {
      const after = (await several.raw(listeners)).map(({ pid }) => pid);
      return after.length === 2 && !after.some((pid) => before.includes(pid));
    }, 'both listen again');
  });
});
