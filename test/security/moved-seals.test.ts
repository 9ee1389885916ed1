// An attacker writes to the database without the master key: a seal opens in its own row and column or not at all.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { projectApi } from '../api/support/project-api.ts';
import { keystoreFixture } from '../api/support/sample-keys.ts';
import { startTestManager, type TestManager } from '../support/manager.ts';

let world: TestManager;
beforeAll(async () => {
  world = await startTestManager({ environments: ['production'], projects: ['Mine', 'Theirs'] });
  for (const project of ['Mine', 'Theirs']) {
    const api = projectApi(world.api, project);
    const oct = { name: 'secret', type: 'OCT', oct: { keySize: 256 } };
    expect((await api.call('POST', 'jwks/generate', oct)).status).toBe(200);
    const opened = { environmentName: 'production', password: 'changeit', keyStoreType: 'PKCS12' };
    const file = keystoreFixture('openssl3/key-alone.p12');
    const keystore = { name: 'store', keyStoreEnvironmentList: [{ ...opened, file }] };
    expect((await api.call('POST', 'keystores/', keystore)).status).toBe(200);
  }
});
afterAll(() => world.close());

const idOf = (table: string, project: string) =>
  `(select t.id from ${table} t join projects p on p.id = t.project_id where p.name = '${project}')`;

test('a secret that is copied into a row of another project is not shown to members of that project', async () => {
  const theirs = (await projectApi(world.api, 'Theirs').material('secret')).k;
  expect(theirs).toMatch(/^[\w-]{43}$/);
  await world.raw(
    `update jwks set private_members = (select private_members from jwks where id = ${idOf('jwks', 'Theirs')}) where id = ${idOf('jwks', 'Mine')}`,
  );
  for (const path of ['jwks/secret/', 'jwks/secret/export-file/']) {
    const answer = await projectApi(world.api, 'Mine').call('GET', path);
    expect(answer.status, path).toBe(500);
    expect(JSON.stringify(answer.body)).not.toContain(theirs);
  }
  // Lists do not open anything, and the row that was copied from is whole.
  expect((await projectApi(world.api, 'Mine').call('GET', 'jwks/')).status).toBe(200);
  expect((await projectApi(world.api, 'Theirs').material('secret')).k).toBe(theirs);
});

test('a keystore whose file or password was taken from another row makes no JWK', async () => {
  for (const column of ['file', 'password']) {
    const theirs = `(select ${column} from keystore_environments where material_id = ${idOf('materials', 'Theirs')})`;
    const mine = `update keystore_environments set ${column} = ${theirs} where material_id = ${idOf('materials', 'Mine')}`;
    await world.raw(mine);
    const answer = await projectApi(world.api, 'Mine').create({
      name: `from-${column}`,
      sourceType: 'KEYSTORE',
      keyStoreName: 'store',
      environmentName: 'production',
      aliasName: 'any',
      useType: 'SIGNATURE',
      algorithm: 'RS256',
    });
    expect(answer.status, JSON.stringify(answer.body)).toBe(500);
  }
  expect(await projectApi(world.api, 'Mine').names('jwks')).toEqual(['secret']);
});
