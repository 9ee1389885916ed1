// Outlets, their deliveries, events and what webhooks got of them: in backups, restores, upgrades, and the doctor's comparison of
// rows, desired state and audit log.

import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { examine } from '../../src/compose/doctor.ts';
import { backUp, restore } from '../../src/compose/operations.ts';
import type { ManagerConfig } from '../../src/config.ts';
import { freshDatabases, type TestDatabase, withDatabases } from '../support/databases.ts';
import { unusedPort } from '../support/http-servers.ts';
import { type Api, until } from '../support/manager.ts';
import { type Receiver, rightSignatures, startReceiver, status } from '../webhooks/support/receiver.ts';
import {
  cleanUpInstallations,
  configOver,
  copyOf,
  type FilledInstallation,
  fillInstallation,
  type Installation,
  made,
  masterKeyOf,
  scratchFolder,
  start,
  stop,
} from './support/installation.ts';
import { toSchemaWithoutMacs } from './support/older-schema.ts';

cleanUpInstallations();

const project = '/apiops/projects/MyProject';
const outlets = `${project}/outlets/`;
const secret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
const generate = (api: Api, name: string) =>
  made(api, `${project}/jwks/generate`, { name, type: 'EC', ec: { curveType: 'P256' } });

withDatabases('outlets and events', (fresh, kind) => {
  const freshOther = freshDatabases(kind === 'sqlite' ? 'postgres' : 'sqlite');
  let database: TestDatabase;
  let config: ManagerConfig;
  let filled: FilledInstallation;
  let receiver: Receiver;
  const over = (of: TestDatabase) =>
    configOver(of.options, { KEYPLANE_MASTER_KEY: filled.masterKey, KEYPLANE_URL_ALLOW: '127.0.0.1' });
  beforeAll(async () => {
    filled = await fillInstallation(kind);
  });
  beforeEach(async () => {
    ({ database } = await copyOf(filled, fresh));
    config = await over(database);
    receiver = await startReceiver();
  });
  afterEach(() => receiver.close());

  const problems = async (of = config) =>
    (await examine(of)).findings
      .filter(({ topic }) => topic !== 'outlets' && topic !== 'machine')
      .map(({ problem }) => problem);
  const arrived = () => receiver.accepted.map(({ type, data }) => `${type} ${data.objectName}`);

  async function createOutlets(api: Api): Promise<void> {
    await made(api, outlets, {
      name: 'java',
      kind: 'FILES',
      source: { jwkName: 'ec' },
      content: 'PKCS12',
      target: { path: 'java/keys.p12', layout: 'RENAME', afterChange: { touch: 'java/reload' } },
      credential: { password: 'changeit' },
    });
    await made(api, outlets, {
      name: 'vault',
      kind: 'VAULT_KV',
      source: null,
      content: 'JWKS',
      environmentNames: ['production'],
      target: { address: `http://127.0.0.1:${await unusedPort()}`, mount: 'secret', path: 'keys' },
      credential: { type: 'APPROLE', roleId: 'role', secretId: 'secret' },
    });
    await made(api, outlets, {
      name: 'hook',
      kind: 'WEBHOOK',
      target: { url: `${receiver.origin}/hook`, events: ['jwk.created'] },
      credential: { secret },
    });
  }

  /** Every row, as text, so that databases of both kinds compare. */
  async function rows({ raw }: TestDatabase): Promise<Record<string, readonly string[]>> {
    const found: Record<string, readonly string[]> = {};
    for (const table of ['outlets', 'outlet_deliveries', 'events', 'webhook_cursors']) {
      const texts = (await raw(`select * from ${table}`)).map((row) =>
        Object.entries(row)
          .map(([column, value]) => `${column}: ${Buffer.isBuffer(value) ? value.toString('hex') : value}`)
          .sort()
          .join(', '),
      );
      found[table] = texts.sort();
    }
    return found;
  }

  test('restored into a database of the other kind are as they were, and a webhook goes on where it was', async () => {
    const before = await start(config, filled.token);
    await createOutlets(before.api);
    await generate(before.api, 'sent');
    await until(() => arrived().includes('jwk.created sent'), 'the receiver gets an event');
    receiver.answerWith(status(503));
    await generate(before.api, 'unsent');
    const detail = async ({ api }: Installation, name: string) =>
      (await api('GET', `${outlets}${name}/`)).body.resultList[0];
    for (const name of ['hook', 'vault']) {
      await until(
        async () => (await detail(before, name)).environments[0]?.attempts > 0,
        `a delivery of ${name} failed`,
      );
    }
    const settings = async (of: Installation) =>
      Promise.all(
        ['java', 'vault', 'hook'].map(async (name) => ({ ...(await detail(of, name)), environments: null })),
      );
    const events = async ({ api }: Installation) => (await api('GET', `${project}/events/`)).body;
    const [outletsBefore, eventsBefore] = [await settings(before), await events(before)];
    await stop(before);
    const written = await rows(database);
    for (const of of Object.values(written)) expect(of.length).toBeGreaterThan(0);

    const file = join(await scratchFolder(), 'backup');
    await backUp(config, file);
    const other = await freshOther();
    const there = await over(other);
    await restore(there, { file, replace: false });
    expect(await rows(other)).toEqual(written);
    expect(await problems(there)).toEqual([]);
    receiver.answerWith(undefined);
    const sentBefore = arrived();
    const restored = await start(there, filled.token);
    expect(await settings(restored)).toEqual(outletsBefore);
    expect(await events(restored)).toEqual(eventsBefore);
    await until(() => arrived().length > sentBefore.length, 'the receiver gets what it had not got');
    expect(arrived()).toEqual([...sentBefore, 'jwk.created unsent']);
    const last = receiver.accepted.at(-1);
    expect(last && rightSignatures(last, secret)).toBe(1);
  });

  test('are explained by the audit log after changes and deletions, and go with their project', async () => {
    let installation = await start(config, filled.token);
    await createOutlets(installation.api);
    for (const [name, change] of [
      ['java', { description: 'for the shop', gate: false }],
      ['hook', { credential: { secret } }],
    ] as const) {
      expect((await installation.api('PUT', `${outlets}${name}/`, change)).status).toBe(200);
    }
    expect((await installation.api('POST', `${outlets}vault/deliver`, { force: true })).status).toBe(200);
    await stop(installation);
    expect(await problems()).toEqual([]);
    installation = await start(config, filled.token);
    expect((await installation.api('DELETE', `${outlets}java/`)).status).toBe(200);
    await stop(installation);
    expect(await problems()).toEqual([]);
    installation = await start(config, filled.token);
    expect((await installation.api('DELETE', `${project}/`)).status).toBe(200);
    await stop(installation);
    expect(await problems()).toEqual([]);
    for (const [table, found] of Object.entries(await rows(database)))
      expect([table, found]).toEqual([table, []]);
  });

  test('that were altered, removed or added past the manager are findings', async () => {
    const installation = await start(config, filled.token);
    await createOutlets(installation.api);
    await stop(installation);
    await database.raw("update outlets set target = replace(target, 'java/keys.p12', 'java/other.p12')");
    expect(await problems()).toContainEqual(
      expect.stringMatching(
        /^The row in outlets .* was not written by keyplane: its MAC is missing or wrong\.$/,
      ),
    );
    const columns =
      'project_id, description, kind, source_type, source_id, content, environment_ids, target, credential, gate, generation, forced_generation, created_at, updated_at, audit_sequence, mac';
    await database.raw(
      `insert into outlets (id, name, ${columns}) select 'forged', 'forged', ${columns} from outlets where name = 'java'`,
    );
    const added = await problems();
    expect(added).toContain(
      'Outlet forged of project MyProject exists, and no audit record says who created it.',
    );
    expect(added).toContain('outlet forged is missing in the desired state of environment production.');
    await database.raw("delete from outlets where kind = 'FILES'");
    const found = await problems();
    expect(found).toContain(
      'Outlet java of project MyProject was removed, and no audit record says who deleted it.',
    );
    expect(found).toContainEqual(
      expect.stringMatching(
        /^The desired state of environment production has outlet .*, which does not exist\.$/,
      ),
    );
  });

  test('work after an upgrade of a database that had neither, and begin with what happens then', async () => {
    await toSchemaWithoutMacs(database.options, await masterKeyOf(filled.config));
    await expect(database.raw('select id from outlets')).rejects.toThrow();
    const installation = await start(config, filled.token);
    expect((await installation.api('GET', `${project}/events/`)).body).toMatchObject({ resultList: [] });
    await createOutlets(installation.api);
    await generate(installation.api, 'first');
    await until(() => arrived().includes('jwk.created first'), 'the receiver gets the first event');
    expect(arrived()).toEqual(['jwk.created first']);
    await stop(installation);
    expect(await problems()).toEqual([]);
  });
});
