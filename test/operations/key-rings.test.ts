// Key rings and applications in backups, restores and the doctor's comparison of rows, desired state and audit log.

import { join } from 'node:path';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { examine } from '../../src/compose/doctor.ts';
import { announce, backUp, restore } from '../../src/compose/operations.ts';
import type { ManagerConfig } from '../../src/config.ts';
import { freshDatabases, type TestDatabase, withDatabases } from '../support/databases.ts';
import type { Api } from '../support/manager.ts';
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
const ec = { type: 'EC', ec: { curveType: 'P256', keyUseType: 'SIGNATURE' } };

withDatabases('key rings', (fresh, kind) => {
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
    await made(api, `${project}/key-rings/`, { name: 'api-signing', ...ec });
    await made(api, `${project}/key-rings/`, { name: 'other', ...ec });
    await made(api, `${project}/applications/`, {
      name: 'issuer',
      grants: [{ keyRingName: 'api-signing', operations: ['SIGN'] }],
    });
  });

  const problems = async (of = config) => (await examine(of)).findings.map(({ problem }) => problem);
  const heldSinceRestore = ['api-signing', 'other'].map(
    (name) => `Key ring ${name} of project MyProject is held since the database was restored.`,
  );
  const ringOf = async (api: Api, name = 'api-signing') =>
    (await api('GET', `${project}/key-rings/${name}/`)).body.resultList[0];
  const membersOf = async (api: Api, name = 'api-signing') =>
    (await ringOf(api, name)).members.map(({ kid, state }: { kid: string; state: string }) => [kid, state]);
  const stopped = async () => {
    await stop(installation);
    expect(await problems()).toEqual([]);
  };

  test.each([
    ['a database of the same kind', () => fresh()],
    ['a database of the other kind', () => freshOther()],
  ])('restored into %s are as they were, and held until they are resumed', async (_where, target) => {
    const { api } = installation;
    const [before, application] = [
      await ringOf(api),
      (await api('GET', `${project}/applications/issuer/`)).body,
    ];
    const file = join(await scratchFolder(), 'backup');
    await backUp(config, file);
    const there = await configOver((await target()).options, { KEYPLANE_MASTER_KEY: filled.masterKey });
    await restore(there, { file, replace: false });
    expect(await problems(there)).toEqual(heldSinceRestore);
    const restored = await start(there, filled.token);
    const after = await ringOf(restored.api);
    expect(after.state).toBe('HELD');
    expect(after.rotationInterval).toBe(before.rotationInterval);
    expect(await membersOf(restored.api)).toEqual(
      before.members.map(({ kid, state }: { kid: string; state: string }) => [kid, state]),
    );
    expect((await restored.api('GET', `${project}/applications/issuer/`)).body).toEqual(application);
    expect((await restored.api('POST', `${project}/key-rings/api-signing/rotate`)).body).toMatchObject({
      error_description: expect.stringMatching(/^Key ring \(name: api-signing\) is held: resume it/),
    });
    expect((await restored.api('POST', `${project}/key-rings/api-signing/resume`)).status).toBe(200);
    expect((await ringOf(restored.api)).state).not.toBe('HELD');
    expect((await ringOf(restored.api, 'other')).state).toBe('HELD');
  });

  test('of a copy of the database that is announced are held, and count as published again later', async () => {
    const kept = await database.raw("select ring_member from jwks where ring_state = 'NEXT' order by id");
    expect(kept).toHaveLength(2);
    await stopped();
    await announce(config);
    const now = await database.raw("select ring_member from jwks where ring_state = 'NEXT' order by id");
    const timesOf = (rows: typeof now) =>
      rows.map(({ ring_member }) => JSON.parse(String(ring_member)).publishedAt);
    expect(timesOf(kept)).not.toContain(null);
    expect(timesOf(now)).toEqual([null, null]);
    expect(await problems()).toEqual(heldSinceRestore);
    installation = await start(config, filled.token);
    expect((await ringOf(installation.api)).state).toBe('HELD');
  });

  test('with revoked keys have them revoked after a restore', async () => {
    const { api } = installation;
    const [[kid]] = await membersOf(api);
    const revoked = await api('POST', `${project}/key-rings/api-signing/revoke`, {
      kid,
      reason: 'COMPROMISED',
    });
    expect(revoked.status).toBe(200);
    const before = await membersOf(api);
    expect(before[0]).toEqual([kid, 'REVOKED']);
    const file = join(await scratchFolder(), 'backup');
    await backUp(config, file);
    await stopped();
    const there = await configOver((await fresh()).options, { KEYPLANE_MASTER_KEY: filled.masterKey });
    await restore(there, { file, replace: false });
    const restored = await start(there, filled.token);
    expect(await membersOf(restored.api)).toEqual(before);
  });

  test('and applications are explained by the audit log, also after changes and deletions', async () => {
    const { api } = installation;
    await made(api, `${project}/jwks/generate`, { name: 'existing', ...ec });
    await made(api, `${project}/jwks/existing/adopt`, { ringName: 'adopted' });
    for (const [method, path, body] of [
      ['PUT', 'key-rings/other/', { description: 'second' }],
      ['POST', 'key-rings/other/hold', undefined],
      ['POST', 'applications/issuer/token', {}],
      ['DELETE', 'key-rings/adopted/?force=true&reason=no+longer+needed', undefined],
      ['DELETE', 'key-rings/api-signing/?force=true&reason=no+longer+needed', undefined],
    ] as const) {
      const { status, body: answer } = await api(method, `${project}/${path}`, body);
      expect([status, path, answer.message]).toEqual([200, path, answer.message]);
    }
    await stopped();
  });

  test('go with their project, and leave nothing desired', async () => {
    expect((await installation.api('DELETE', `${project}/`)).status).toBe(200);
    await stopped();
    for (const table of ['key_rings', 'applications', 'key_usage', 'key_ring_revocations', 'jwks']) {
      expect(await database.raw(`select * from ${table}`), table).toEqual([]);
    }
    expect(
      await database.raw(
        "select object_id from desired_objects where digest is not null and project_id <> ''",
      ),
    ).toEqual([]);
  });

  test('that were removed, altered or set back past the manager are findings', async () => {
    await stopped();
    const [member] = await database.raw("select id, name from jwks where ring_state = 'ACTIVE' limit 1");
    await database.raw(`delete from jwks where id = '${member?.id}'`);
    await database.raw("delete from applications where name = 'issuer'");
    await database.raw("update key_rings set held_because = 'REQUESTED' where name = 'other'");
    const found = await problems();
    expect(found).toContain(
      `JWK ${member?.name} of project MyProject was removed, and no audit record says who deleted it.`,
    );
    expect(found).toContain(
      'Application issuer of project MyProject was removed, and no audit record says who deleted it.',
    );
    expect(found).toContainEqual(
      expect.stringMatching(
        /^The row in key_rings .* was not written by keyplane: its MAC is missing or wrong\.$/,
      ),
    );
    expect(found).toContainEqual(
      expect.stringMatching(
        /^The desired state of environment production has application .*, which does not exist\.$/,
      ),
    );
    await database.raw("delete from key_rings where name = 'api-signing'");
    expect(await problems()).toContain(
      'Key ring api-signing of project MyProject was removed, and no audit record says who deleted it.',
    );
  });

  test('that appear past the manager are findings', async () => {
    await stopped();
    const columns =
      'project_id, description, expires_at, tokens, grants, created_at, updated_at, audit_sequence, mac';
    await database.raw(
      `insert into applications (id, name, ${columns}) select 'forged', 'forged', ${columns} from applications`,
    );
    const found = await problems();
    expect(found).toContain(
      'The row in applications forged was not written by keyplane: its MAC is missing or wrong.',
    );
    expect(found).toContain(
      'Application forged of project MyProject exists, and no audit record says who created it.',
    );
    expect(found).toContain('application forged is missing in the desired state of environment production.');
  });
});
