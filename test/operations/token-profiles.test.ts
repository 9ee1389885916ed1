// Token profiles in backups, restores and the doctor's comparison of rows, desired state and audit log.

import { join } from 'node:path';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { examine } from '../../src/compose/doctor.ts';
import { backUp, restore } from '../../src/compose/operations.ts';
import type { ManagerConfig } from '../../src/config.ts';
import { freshDatabases, type TestDatabase, withDatabases } from '../support/databases.ts';
import {
  cleanUpInstallations,
  configOver,
  copyOf,
  type FilledInstallation,
  fillInstallation,
  type Installation,
  made,
  scratchFolder,
  start,
  stop,
} from './support/installation.ts';

cleanUpInstallations();

const project = '/apiops/projects/MyProject';

withDatabases('token profiles', (fresh, kind) => {
  const freshOther = freshDatabases(kind === 'sqlite' ? 'postgres' : 'sqlite');
  let database: TestDatabase;
  let config: ManagerConfig;
  let filled: FilledInstallation;
  let installation: Installation;
  beforeAll(async () => {
    filled = await fillInstallation(kind);
  });
  beforeEach(async () => {
    ({ database, config } = await copyOf(filled, fresh));
    installation = await start(config, filled.token);
    const { api } = installation;
    await made(api, `${project}/key-rings/`, { name: 'signing', type: 'EC', ec: { curveType: 'P256' } });
    await made(api, `${project}/token-profiles/`, {
      name: 'access',
      keyRingName: 'signing',
      issuer: 'https://issuer.example',
      audiences: ['https://api.example'],
      claims: { fixed: { tenant: null }, allowed: ['scope'], schema: { type: 'object' } },
    });
  });

  const problems = async (of = config) => (await examine(of)).findings.map(({ problem }) => problem);

  test('restored into a database of the other kind are as they were', async () => {
    const before = (await installation.api('GET', `${project}/token-profiles/access/`)).body;
    const file = join(await scratchFolder(), 'backup');
    await backUp(config, file);
    const there = await configOver((await freshOther()).options, { KEYPLANE_MASTER_KEY: filled.masterKey });
    await restore(there, { file, replace: false });
    expect(await problems(there)).toEqual([
      'Key ring signing of project MyProject is held since the database was restored.',
    ]);
    const restored = await start(there, filled.token);
    expect((await restored.api('GET', `${project}/token-profiles/access/`)).body).toEqual(before);
  });

  test('are explained by the audit log after changes and deletions, and go with their project', async () => {
    const { api } = installation;
    const path = `${project}/token-profiles/access/`;
    expect((await api('PUT', path, { lifetime: 'PT1M' })).status).toBe(200);
    await stop(installation);
    expect(await problems()).toEqual([]);
    installation = await start(config, filled.token);
    expect((await installation.api('DELETE', path)).status).toBe(200);
    await made(installation.api, `${project}/token-profiles/`, {
      name: 'second',
      keyRingName: 'signing',
      issuer: 'https://issuer.example',
      audiences: ['https://api.example'],
    });
    expect((await installation.api('DELETE', `${project}/`)).status).toBe(200);
    await stop(installation);
    expect(await problems()).toEqual([]);
    expect(await database.raw('select id from token_profiles')).toEqual([]);
  });

  test('that were altered, removed or added past the manager are findings', async () => {
    await stop(installation);
    await database.raw("update token_profiles set rules = replace(rules, 'PT5M', 'PT9M')");
    expect(await problems()).toContainEqual(
      expect.stringMatching(
        /^The row in token_profiles .* was not written by keyplane: its MAC is missing or wrong\.$/,
      ),
    );
    const columns =
      'project_id, description, ring_id, rules, encrypt_to, encrypt_to_id, created_at, updated_at, audit_sequence, mac';
    await database.raw(
      `insert into token_profiles (id, name, ${columns}) select 'forged', 'forged', ${columns} from token_profiles`,
    );
    const added = await problems();
    expect(added).toContain(
      'Token profile forged of project MyProject exists, and no audit record says who created it.',
    );
    expect(added).toContain(
      'token-profile forged is missing in the desired state of environment production.',
    );
    await database.raw('delete from token_profiles');
    const found = await problems();
    expect(found).toContain(
      'Token profile access of project MyProject was removed, and no audit record says who deleted it.',
    );
    expect(found).toContainEqual(
      expect.stringMatching(
        /^The desired state of environment production has token-profile .*, which does not exist\.$/,
      ),
    );
  });
});
