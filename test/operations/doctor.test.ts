import { chmod } from 'node:fs/promises';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { examine } from '../../src/compose/doctor.ts';
import type { ManagerConfig } from '../../src/config.ts';
import { type TestDatabase, withDatabases } from '../support/databases.ts';
import {
  cleanUpInstallations,
  configOver,
  copyOf,
  type FilledInstallation,
  fillInstallation,
  start,
  stop,
} from './support/installation.ts';

cleanUpInstallations();

withDatabases('the doctor', (fresh, kind) => {
  let database: TestDatabase;
  let config: ManagerConfig;
  let filled: FilledInstallation;
  beforeAll(async () => {
    filled = await fillInstallation(kind);
  });
  beforeEach(async () => {
    ({ database, config } = await copyOf(filled, fresh));
  });

  const bytes = (hex: string) => (kind === 'sqlite' ? `x'${hex}'` : `'\\x${hex}'`);
  const problems = async () =>
    (await examine(config)).findings.map(({ topic, problem }) => `${topic}: ${problem}`);

  test('finds nothing on a sound installation, beside its manager or without one', async () => {
    const installation = await start(config, filled.token);
    expect(await examine(config)).toMatchObject({ findings: [], looked: { 'manager runs': 'yes' } });
    await stop(installation);
    expect(await examine(config)).toMatchObject({ findings: [], looked: { 'manager runs': 'no' } });
  });

  test('finds each kind of damage', async () => {
    const { findings, looked } = await examine(config);
    expect(findings).toEqual([]);
    expect(looked).toMatchObject({ 'sealed values': 7, 'manager runs': 'no' });

    const [ec] = await database.raw("select private_members as sealed from jwks where name = 'ec'");
    await database.raw(`update jwks set private_members = ${bytes('01'.repeat(80))} where name = 'ec'`);
    expect(await problems()).toEqual([
      expect.stringMatching(/^seals: The sealed value in jwks .* \(private_members\)/),
    ]);
    const sealed = bytes(Buffer.from(ec?.sealed as Uint8Array).toString('hex'));
    await database.raw(`update jwks set private_members = ${sealed} where name = 'ec'`);

    await database.raw("update audit_records set actor = 'nobody' where sequence = 4");
    expect(await problems()).toEqual([expect.stringMatching(/^audit: The audit log is broken at 4/)]);
    await database.raw("update audit_records set actor = 'admin' where sequence = 4");

    const [okp] = await database.raw("select expiration_time as expires from jwks where name = 'okp'");
    await database.raw("update jwks set expiration_time = 1000 where name = 'okp'");
    expect(await problems()).toEqual([
      expect.stringMatching(/^integrity: The row in jwks .* was not written by keyplane/),
      'keys: JWK okp of project MyProject expired at 1970-01-01 00:00 UTC.',
    ]);
    await database.raw(`update jwks set expiration_time = ${okp?.expires} where name = 'okp'`);

    await database.raw(
      "insert into jwk_refreshes (jwk_id, interval_ms, refresh_at, state, state_since, state_reason) select id, 1000, 0, 'FAILING', 0, 'status 404' from jwks where name = 'okp'",
    );
    expect(await problems()).toEqual([expect.stringMatching(/^sources: The URL of JWK okp .*: status 404$/)]);
    await database.raw('delete from jwk_refreshes');

    await database.raw(
      "insert into nodes (id, environment_id, name, applied_revision, connected, created_at) select 'n1', id, 'lost', 0, 0, 0 from environments",
    );
    expect(await problems()).toEqual([
      expect.stringMatching(/^nodes: Node lost of environment production never connected/),
    ]);
    await database.raw('update nodes set last_seen_at = 1');
    expect(await problems()).toEqual([expect.stringMatching(/^nodes: Node lost .* has revision 0 of \d+/)]);
    await database.raw("update nodes set refused_revision = 3, refused_reason = 'no room'");
    expect(await problems()).toEqual([
      expect.stringMatching(/^nodes: Node lost .* rejected revision 3: no room/),
    ]);
    await database.raw('delete from nodes');

    await chmod(config.dataDir, 0o755);
    expect(await problems()).toEqual([expect.stringMatching(/^machine: .* has mode 0755/)]);
  });

  test('reports that the master key is another one, or that there is no database', async () => {
    const other = await configOver(database.options, {
      KEYPLANE_MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
    });
    await chmod(other.dataDir, 0o700);
    const { findings } = await examine(other);
    expect(findings.map(({ topic }) => topic)).toEqual(['seals']);
    expect(JSON.stringify(findings)).not.toContain(Buffer.alloc(32, 7).toString('base64'));
    if (kind === 'sqlite') {
      const nowhere = { ...config, dataDir: `${config.dataDir}/..` };
      await expect(examine(nowhere)).rejects.toThrow(/There is no database file/);
    }
  });
});
