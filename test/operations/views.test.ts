// Views in backups, restores and the doctor's comparison of rows, desired state and audit log.

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

withDatabases('views', (fresh, kind) => {
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
    await made(api, `${project}/jwks/generate`, { name: 'named', type: 'EC', ec: { curveType: 'P256' } });
    const include = { keyTypes: ['EC'], jwkNames: ['named'] };
    await made(api, `${project}/views/`, { name: 'partners', include });
    expect((await api('PUT', `${project}/`, { publishKeyTypes: ['EC'] })).status).toBe(200);
  });

  const problems = async (of = config) => (await examine(of)).findings.map(({ problem }) => problem);

  test('and key types of a set, restored into a database of the other kind, are as they were', async () => {
    const read = async ({ api }: Installation) => [
      (await api('GET', `${project}/views/partners/`)).body,
      (await api('GET', '/apiops/projects/?search=MyProject')).body,
    ];
    const before = await read(installation);
    const file = join(await scratchFolder(), 'backup');
    await backUp(config, file);
    const there = await configOver((await freshOther()).options, { KEYPLANE_MASTER_KEY: filled.masterKey });
    await restore(there, { file, replace: false });
    expect(await problems(there)).toEqual([]);
    expect(await read(await start(there, filled.token))).toEqual(before);
  });

  test('are explained by the audit log after changes, an adoption and deletions, and go with their project', async () => {
    const path = `${project}/views/partners/`;
    expect((await installation.api('PUT', path, { exclude: { uses: ['enc'] } })).status).toBe(200);
    expect((await installation.api('PUT', `${project}/`, { publishKeyTypes: null })).status).toBe(200);
    await stop(installation);
    expect(await problems()).toEqual([]);
    installation = await start(config, filled.token);
    expect((await installation.api('DELETE', path)).status).toBe(200);
    await made(installation.api, `${project}/views/`, { name: 'second' });
    expect((await installation.api('PUT', `${project}/`, { publishKeyTypes: ['RSA'] })).status).toBe(200);
    expect((await installation.api('DELETE', `${project}/`)).status).toBe(200);
    await stop(installation);
    expect(await problems()).toEqual([]);
    expect(await database.raw('select id from views')).toEqual([]);
  });

  test('that were altered, removed or added past the manager are findings, and so are other key types', async () => {
    await stop(installation);
    await database.raw("update views set included = replace(included, 'EC', 'RSA')");
    expect(await problems()).toContainEqual(
      expect.stringMatching(
        /^The row in views .* was not written by keyplane: its MAC is missing or wrong\.$/,
      ),
    );
    const columns =
      'project_id, description, included, excluded, created_at, updated_at, audit_sequence, mac';
    await database.raw(
      `insert into views (id, name, ${columns}) select 'forged', 'forged', ${columns} from views`,
    );
    const added = await problems();
    expect(added).toContain(
      'View forged of project MyProject exists, and no audit record says who created it.',
    );
    expect(added).toContain('view forged is missing in the desired state of environment production.');
    await database.raw('delete from views');
    await database.raw('update projects set publish_key_types = null');
    const found = await problems();
    expect(found).toContain(
      'View partners of project MyProject was removed, and no audit record says who deleted it.',
    );
    for (const kind of ['view', 'project-set']) {
      expect(found).toContainEqual(
        expect.stringMatching(
          new RegExp(`^The desired state of environment production has ${kind} .*, which does not exist\\.$`),
        ),
      );
    }
  });
});
