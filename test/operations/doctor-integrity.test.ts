// The database is altered outside keyplane; the doctor compares rows, desired state and audit log.

import { beforeAll, beforeEach, expect, test } from 'vitest';
import { examine } from '../../src/compose/doctor.ts';
import { announce } from '../../src/compose/operations.ts';
import type { ManagerConfig } from '../../src/config.ts';
import { type TestDatabase, withDatabases } from '../support/databases.ts';
import {
  cleanUpInstallations,
  copyOf,
  type FilledInstallation,
  fillInstallation,
  made,
  start,
  stop,
} from './support/installation.ts';

cleanUpInstallations();

type Row = Readonly<Record<string, unknown>>;
const jwks = '/apiops/projects/MyProject/jwks';

withDatabases('the doctor on a database that somebody wrote to', (fresh, kind) => {
  let database: TestDatabase;
  let config: ManagerConfig;
  let filled: FilledInstallation;
  beforeAll(async () => {
    filled = await fillInstallation(kind);
  });
  beforeEach(async () => {
    ({ database, config } = await copyOf(filled, fresh));
    expect(await problems()).toEqual([]);
  });

  const problems = async () =>
    (await examine(config)).findings.map(({ topic, problem }) => `${topic}: ${problem}`);
  const literal = (value: unknown) => {
    if (value === null || value === undefined) return 'null';
    if (Buffer.isBuffer(value)) {
      const hex = value.toString('hex');
      return kind === 'sqlite' ? `x'${hex}'` : `'\\x${hex}'`;
    }
    return typeof value === 'number' ? String(value) : `'${String(value).replaceAll("'", "''")}'`;
  };
  const rowsOf = (table: string, where = 'true') =>
    database.raw(`select * from ${table} where ${kind === 'sqlite' && where === 'true' ? '1' : where}`);
  const put = async (table: string, row: Row) => {
    const values = Object.values(row).map(literal).join(', ');
    await database.raw(`insert into ${table} (${Object.keys(row).join(', ')}) values (${values})`);
  };
  /** With a manager that runs meanwhile, and is stopped again. */
  const managed = async (work: (api: Awaited<ReturnType<typeof start>>['api']) => Promise<void>) => {
    const installation = await start(config, filled.token);
    await work(installation.api);
    await stop(installation);
  };

  test('reports that an audit log was emptied', async () => {
    await database.raw('delete from audit_records');
    await database.raw('delete from audit_head');
    const found = await problems();
    expect(found).toContain('audit: The audit log is empty, although there is data.');
    expect(found).toContainEqual(
      expect.stringMatching(/^audit: Environment production was changed after audit record/),
    );
    expect(found).toContain(
      'audit: JWK ec of project MyProject exists, and no audit record says who created it.',
    );
  });

  test('reports that an audit log was set back together with its head', async () => {
    const [head] = await rowsOf('audit_head');
    const ends = await rowsOf('audit_lanes');
    await managed(async (api) => {
      await made(api, `${jwks}/generate`, { name: 'hidden', type: 'EC', ec: { curveType: 'P256' } });
      expect((await api('PUT', `${jwks}/okp/`, { description: 'changed' })).status).toBe(200);
    });
    expect(await problems()).toEqual([]);
    await database.raw(`delete from audit_records where sequence > ${Number(head?.sequence)}`);
    await database.raw('delete from audit_head');
    await put('audit_head', head ?? {});
    await database.raw('delete from audit_lanes');
    for (const end of ends) await put('audit_lanes', end);
    const found = await problems();
    expect(found).not.toContainEqual(expect.stringContaining('is broken'));
    expect(found).toContain(
      'audit: JWK hidden of project MyProject exists, and no audit record says who created it.',
    );
    expect(found).toContain(
      'audit: JWK okp of project MyProject refers to an audit record that does not exist.',
    );
    expect(found).toContainEqual(
      expect.stringMatching(/^audit: Environment production was changed after audit record/),
    );
  });

  test('reports that an audit log was set back to before a deletion', async () => {
    const [head] = await rowsOf('audit_head');
    await managed(async (api) => {
      expect((await api('DELETE', `${jwks}/ec/`)).status).toBe(200);
    });
    expect(await problems()).toEqual([]);
    await database.raw(`delete from audit_records where sequence > ${Number(head?.sequence)}`);
    await database.raw('delete from audit_head');
    await put('audit_head', head ?? {});
    expect(await problems()).toContainEqual(
      expect.stringMatching(/^audit: Environment production was changed after audit record/),
    );
  });

  test('reports that an audit log was set back to before a user was created', async () => {
    const [newest] = await database.raw('select max(at) as at from audit_records');
    await database.raw(
      `insert into users (id, username, password_hash, admin, created_at, updated_at) values ('u', 'mine', 'h', 1, ${Number(newest?.at) + 5000}, 0)`,
    );
    expect(await problems()).toEqual([
      expect.stringMatching(/^audit: The audit log ends at .*, but an object was created or changed/),
    ]);
  });

  test('finds a JWK that was inserted, with a desired row or without', async () => {
    const [row] = await rowsOf('jwks', "name = 'ec'");
    await put('jwks', { ...row, id: 'forged', name: 'forged', kid: 'forged', private_members: null });
    const [desired] = await rowsOf('desired_objects', `object_id = '${row?.id}'`);
    expect(await problems()).toEqual([
      'integrity: The row in jwks forged was not written by keyplane: its MAC is missing or wrong.',
      'audit: JWK forged of project MyProject exists, and no audit record says who created it.',
      'integrity: jwk forged is missing in the desired state of environment production.',
    ]);
    await put('desired_objects', { ...desired, object_id: 'forged', revision: 0 });
    expect(await problems()).toEqual([
      'integrity: The row in jwks forged was not written by keyplane: its MAC is missing or wrong.',
      expect.stringMatching(
        /^integrity: The row in desired_objects .*\/jwk\/forged was not written by keyplane/,
      ),
      'audit: JWK forged of project MyProject exists, and no audit record says who created it.',
    ]);
  });

  test('finds an environment set that was switched on or off', async () => {
    const [production] = await rowsOf('environments', "name = 'production'");
    const id = production?.id;
    const altered = `integrity: The row in environments ${id} (name: production) was not written by keyplane: its MAC is missing or wrong.`;
    await database.raw(`update environments set environment_set = 0 where id = '${id}'`);
    expect(await problems()).toEqual([
      altered,
      `integrity: environment-set ${id} is missing in the desired state of environment production.`,
    ]);
    await database.raw(`update environments set environment_set = 1 where id = '${id}'`);
    await managed(async (api) => {
      const path = '/apiops/environments/production/';
      expect((await api('PUT', path, { type: 'TEST', environmentSet: false })).status).toBe(200);
    });
    expect(await problems()).toEqual([]);
    await database.raw(`update environments set environment_set = 1 where id = '${id}'`);
    expect(await problems()).toEqual([
      altered,
      `integrity: The desired state of environment production has environment-set ${id}, which does not exist.`,
    ]);
    const advice = (await examine(config)).findings.map((finding) => finding.advice);
    expect(advice[0]).toContain(
      'PUT /apiops/environments/{environmentName}/ with description, type, accessUrl, projects and environmentSet',
    );
    await managed(async (api) => {
      const path = '/apiops/environments/production/';
      expect((await api('PUT', path, { type: 'PRODUCTION', environmentSet: false })).status).toBe(200);
    });
    expect(await problems()).toEqual([]);
  });

  test('finds settings of a project or an environment that were set back with their MAC', async () => {
    const [project] = await rowsOf('projects', "name = 'MyProject'");
    const [environment] = await rowsOf('environments', "name = 'production'");
    await managed(async (api) => {
      expect((await api('PUT', '/apiops/projects/MyProject/', { description: 'new' })).status).toBe(200);
      const body = { type: 'TEST', environmentSet: true };
      expect((await api('PUT', '/apiops/environments/production/', body)).status).toBe(200);
    });
    expect(await problems()).toEqual([]);
    for (const [table, row] of Object.entries({ projects: project, environments: environment })) {
      const columns = Object.entries(row ?? {}).map(([name, was]) => `${name} = ${literal(was)}`);
      await database.raw(`update ${table} set ${columns.join(', ')} where id = '${row?.id}'`);
    }
    expect(await problems()).toEqual([
      'audit: Project MyProject is older than its latest change in the audit log: it was set back.',
      'audit: Environment production is older than its latest change in the audit log: it was set back.',
    ]);
  });

  test('finds an altered setting of a project or the installation', async () => {
    const [project] = await rowsOf('projects', "name = 'MyProject'");
    await managed(async (api) => {
      const path = '/apiops/projects/MyProject/';
      expect((await api('PUT', path, { publishKeyTypes: ['EC'] })).status).toBe(200);
    });
    expect(await problems()).toEqual([]);
    const unlike = (what: string) =>
      `integrity: The desired state of environment production has another ${what} than the data: a row that it depends on was altered.`;
    const types = (text: string) =>
      database.raw(`update projects set publish_key_types = '${text}' where name = 'MyProject'`);
    const altered = (row: string) =>
      `integrity: The row in ${row} was not written by keyplane: its MAC is missing or wrong.`;
    await types('["RSA"]');
    expect(await problems()).toEqual([
      altered(`projects ${project?.id} (name: MyProject)`),
      unlike(`project-set ${project?.id}`),
    ]);
    const [finding] = (await examine(config)).findings;
    expect(finding?.advice).toContain(
      'PUT /apiops/projects/{projectName}/ with description, historicalKeyRingName and publishKeyTypes',
    );
    await managed(async (api) => {
      const settings = { publishKeyTypes: ['EC'], historicalKeyRingName: null };
      expect((await api('PUT', '/apiops/projects/MyProject/', settings)).status).toBe(200);
    });
    expect(await problems()).toEqual([]);
    const other = '{"maxAge":9,"staleWhileRevalidate":9,"staleIfError":9}';
    await database.raw(`update installation set value = '${other}' where key = 'caching'`);
    expect(await problems()).toEqual([altered('installation caching'), unlike('caching')]);
    await managed(async () => {});
    expect(await problems()).toEqual([]);
  });

  test('finds a JWK that was removed, and a desired row that was', async () => {
    const [okp] = await rowsOf('jwks', "name = 'okp'");
    await database.raw("delete from jwks where name = 'ec'");
    await database.raw(`delete from desired_objects where object_id = '${okp?.id}'`);
    expect(await problems()).toEqual([
      'integrity: The desired state of environment production does not match its digest: a row was removed, altered or set back.',
      'audit: JWK ec of project MyProject was removed, and no audit record says who deleted it.',
      expect.stringMatching(
        /^integrity: The desired state of environment production has jwk .*, which does not exist/,
      ),
      `integrity: jwk ${okp?.id} is missing in the desired state of environment production.`,
    ]);
  });

  test('finds a JWK that was set back together with all that is desired of it', async () => {
    const [jwk] = await rowsOf('jwks', "name = 'okp'");
    const where = `object_id = '${jwk?.id}'`;
    const [desired] = await rowsOf('desired_objects', where);
    const [state] = await rowsOf('environment_states');
    const jwkStr = '{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}';
    const value = { sourceType: 'COPY_PASTE', kid: 'n', useType: 'SIGNATURE', algorithm: 'EdDSA', jwkStr };
    await managed(async (api) => {
      expect((await api('PUT', `${jwks}/okp/`, value)).status).toBe(200);
    });
    expect(await problems()).toEqual([]);
    for (const [table, row, which] of [
      ['jwks', jwk, `id = '${jwk?.id}'`],
      ['desired_objects', desired, where],
      ['environment_states', state, `environment_id = '${state?.environment_id}'`],
    ] as const) {
      const columns = Object.entries(row ?? {}).map(([name, was]) => `${name} = ${literal(was)}`);
      await database.raw(`update ${table} set ${columns.join(', ')} where ${which}`);
    }
    expect(await problems()).toEqual([
      'audit: JWK okp of project MyProject is older than its latest change in the audit log: it was set back.',
    ]);
  });

  test('the doctor finds an altered head of an environment, which an announced restore computes again', async () => {
    await database.raw('update environment_states set revision = revision - 1');
    expect(await problems()).toEqual([
      expect.stringMatching(/^integrity: The row in environment_states .* was not written by keyplane/),
      expect.stringMatching(
        /^integrity: Environment production is at revision \d+, and has a row of revision/,
      ),
    ]);
    await announce(config);
    expect(await problems()).toEqual([]);
    await managed((api) =>
      made(api, `${jwks}/generate`, { name: 'on', type: 'EC', ec: { curveType: 'P256' } }),
    );
    expect(await problems()).toEqual([]);
  });

  test('reports that the integrity key is missing, and no manager creates another', async () => {
    await database.raw("delete from data_keys where purpose = 'integrity'");
    expect(await problems()).toEqual([
      expect.stringMatching(/^integrity: The database has no integrity key/),
    ]);
    await expect(start(config, filled.token)).rejects.toThrow('The database has no integrity key, but');
    for (const table of ['jwks', 'desired_objects', 'environment_states', 'crypto_key_environments']) {
      await database.raw(`update ${table} set mac = null`);
    }
    await database.raw('update keystore_environments set mac = null');
    await expect(start(config, filled.token)).rejects.toThrow('The database has no integrity key, but');
  });
});
