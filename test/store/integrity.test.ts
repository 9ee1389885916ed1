import { beforeEach, expect, test } from 'vitest';
import { newId } from '../../src/new-id.ts';
import type { Store } from '../../src/store/store.ts';
import { SealedRowTable } from '../../src/store/tables/sealed-row-table.ts';
import { type TestDatabase, testIntegrity, withDatabases } from '../support/databases.ts';
import {
  bytes,
  sampleApplication,
  sampleCertificate,
  sampleCryptoKey,
  sampleEnvironment,
  sampleJwk,
  sampleKeyRing,
  sampleKeystore,
  sampleOutlet,
  sampleProject,
  sampleRingMember,
  sampleTokenProfile,
  sampleView,
} from './samples.ts';

/** Columns that no MAC covers, each with its reason. */
const uncovered: Readonly<Record<string, string>> = {
  mac: 'it is the MAC',
  'jwks.private_members': 'sealed to its row; that there is one is covered',
  'crypto_key_environments.content': 'sealed to its row',
  'keystore_environments.file': 'sealed to its row',
  'keystore_environments.password': 'sealed to its row',
  'keystore_environments.key_password': 'sealed to its row; that there is one is covered',
  'keystore_environments.key_passwords': 'sealed to its row; that there is one is covered',
  'environment_states.floor_revision': 'a wrong one has nodes given everything',
  'issuer_key_sets.refresh_at': 'of the latest fetch: when the next one is, and with which validators',
  'issuer_key_sets.state': 'of the latest fetch, for lists and figures',
  'issuer_key_sets.state_since': 'of the latest fetch, for lists and figures',
  'issuer_key_sets.state_reason': 'of the latest fetch, for lists and figures',
  'issuer_key_sets.fetched_at': 'of the latest fetch, for lists and figures',
  'issuer_key_sets.etag': 'of the latest fetch: when the next one is, and with which validators',
  'issuer_key_sets.last_modified': 'of the latest fetch: when the next one is, and with which validators',
  'key_rings.examine_at': 'when the scheduler looks next, which decides from the rest',
  'key_rings.state': 'what the scheduler found, for lists and figures',
  'key_rings.late_since': 'what the scheduler found, for lists and figures',
  'environments.node_removed_at': 'when a node was removed last, by which key rings wait',
  'installation.key': 'a setting without its row reads as altered',
};

withDatabases('the MAC of a row', (fresh, kind) => {
  let database: TestDatabase;
  let store: Store;
  const environment = sampleEnvironment();
  const project = sampleProject();
  const [otherEnvironment, otherProject] = [sampleEnvironment(), sampleProject()];

  beforeEach(async () => {
    database = await fresh();
    store = await database.open();
    await store.write(async (stores) => {
      for (const one of [environment, otherEnvironment]) await stores.environments.insert(one);
      for (const one of [project, otherProject]) await stores.projects.insert(one);
      await stores.installation.put('lineage', 'l-1');
      await stores.installation.putSetting('caching', '{}');
      const jwk = sampleJwk(project.id, { description: 'd', sourceUrl: 'u', sourceId: 's', use: 'sig' });
      const times = { notBeforeTime: new Date(1), expirationTime: new Date(2), algorithm: 'ES256' };
      const ring = sampleKeyRing(project.id, { description: 'd' });
      await stores.rings.insert(ring);
      await stores.jwks.insert({ ...jwk, ...times, member: sampleRingMember(ring.id, 1) });
      await stores.applications.insert(sampleApplication(project.id));
      const encryptTo = { jwkId: jwk.id, keyRingId: null, enc: 'A256GCM' };
      await stores.tokenProfiles.insert(sampleTokenProfile(project.id, { encryptTo }));
      await stores.views.insert(sampleView(project.id, { description: 'd', exclude: { jwkIds: [jwk.id] } }));
      await stores.outlets.insert(sampleOutlet(project.id));
      await stores.issuerKeySets.insert({
        id: newId(),
        projectId: project.id,
        jwksUri: 'https://op.example/keys',
        keys: [],
        createdAt: new Date(1),
        updatedAt: new Date(1),
        refresh: {
          refreshAt: new Date(1),
          state: 'FRESH',
          stateSince: new Date(1),
          stateReason: null,
          fetchedAt: new Date(1),
          etag: null,
          lastModified: null,
        },
      });
      await stores.certificates.insert(sampleCertificate(project.id, [environment.id]));
      await stores.cryptoKeys.insert(sampleCryptoKey(project.id, [environment.id]));
      await stores.keystores.insert(sampleKeystore(project.id, [environment.id]));
      const at = { environmentId: environment.id, revision: 3, digest: bytes(32) };
      await stores.desired.putStates([at]);
      await stores.desired.putMany([
        { ...at, kind: 'jwk', objectId: newId(), projectId: project.id, sinceRevision: null },
      ]);
    });
  });

  const altered = async () => (await store.read(({ macs }) => macs.altered(100))).map(({ table }) => table);
  const columnsOf = async (table: string) => {
    const sql =
      kind === 'sqlite'
        ? `select name, type from pragma_table_info('${table}')`
        : `select column_name as name, data_type as type from information_schema.columns where table_schema = 'public' and table_name = '${table}'`;
    return (await database.raw(sql)) as { name: string; type: string }[];
  };
  const other = (name: string, type: string) => {
    if (name === 'environment_id') return `'${otherEnvironment.id}'`;
    if (name === 'project_id') return `'${otherProject.id}'`;
    if (name === 'material_id') return undefined;
    if (/blob|bytea/i.test(type)) return kind === 'sqlite' ? "x'0102'" : "'\\x0102'";
    return /int/i.test(type) ? `coalesce(${name}, 0) + 1` : `coalesce(${name}, '') || '-x'`;
  };

  test.each([
    'jwks',
    'certificate_environments',
    'crypto_key_environments',
    'keystore_environments',
    'desired_objects',
    'environment_states',
    'key_rings',
    'applications',
    'token_profiles',
    'views',
    'outlets',
    'issuer_key_sets',
    'projects',
    'environments',
    'installation',
  ])('covers every column of %s', async (table) => {
    expect(await altered()).toEqual([]);
    // A writer outside keyplane is not stopped by a trigger either.
    if (['jwks', 'projects', 'environments'].includes(table)) {
      await database.raw(`drop trigger ${table}_update_with_mac${kind === 'sqlite' ? '' : ` on ${table}`}`);
    }
    // One that no other row refers to.
    const unused = { projects: otherProject.id, environments: otherEnvironment.id }[table];
    const [picked] = await database.raw(
      `select mac from ${table} where mac is not null${unused ? ` and id = '${unused}'` : ''}`,
    );
    const where = `mac = ${literal(kind, picked?.mac)}`;
    for (const { name, type } of await columnsOf(table)) {
      const value = other(name, type);
      if (value === undefined || name in uncovered || `${table}.${name}` in uncovered) continue;
      const [before] = await database.raw(`select ${name} as was from ${table} where ${where}`);
      await database.raw(`update ${table} set ${name} = ${value} where ${where}`);
      expect(await altered(), name).toEqual([table]);
      await database.raw(`update ${table} set ${name} = ${literal(kind, before?.was)} where ${where}`);
      expect(await altered(), `${name} put back`).toEqual([]);
    }
    await database.raw(`update ${table} set mac = null where ${where}`);
    expect(await altered(), 'no MAC').toEqual([table]);
  });

  test.each(['name', 'project_id', 'kind', 'key_type', 'algorithm'])(
    'of a material in an environment covers the %s of the material',
    async (name) => {
      const value = name === 'project_id' ? `'${otherProject.id}'` : `coalesce(${name}, '') || '-x'`;
      if (name === 'kind') {
        await database.raw("update materials set kind = 'keystore' where kind = 'key'");
        expect(await store.read(({ macs }) => macs.altered(10))).toEqual([]);
        const [moved] = await database.raw('select id from materials where key_type is not null');
        const [found] = await store.read(({ keystores }) => keystores.getMany([String(moved?.id)]));
        expect(found?.environments).toEqual([]);
        return;
      }
      await database.raw(`update materials set ${name} = ${value}`);
      expect(new Set(await altered()).size).toBe(3);
    },
  );

  test('covers that there is a private part, and which history the revisions count in', async () => {
    await database.raw('update jwks set private_members = null');
    expect(await altered()).toEqual(['jwks']);
    await database.raw("update installation set value = 'l-2' where key = 'lineage'");
    expect(await altered()).toEqual(['jwks', 'environment_states']);
  });

  test.each(['key_password', 'key_passwords'])('covers that a keystore has a %s', async (column) => {
    const blob = other(column, 'blob');
    // The first of a sample has neither.
    await database.raw(`update keystore_environments set ${column} = ${blob}`);
    expect(await altered()).toEqual(['keystore_environments']);
    await database.raw(`update keystore_environments set ${column} = null`);
    expect(await altered()).toEqual([]);
  });

  test('leaves out sealed columns, all of which a new master key reseals', () => {
    const sealed = Object.keys(uncovered).filter((name) => /^sealed to its row/.test(uncovered[name] ?? ''));
    const resealed = new SealedRowTable({} as never).places.flatMap(({ table, members }) =>
      members.map((member) => `${table}.${member}`),
    );
    expect(resealed).toEqual(expect.arrayContaining(sealed));
    expect(sealed.length).toBeGreaterThan(5);
  });

  test('does not pass for another row, nor under another key', async () => {
    const second = sampleJwk(project.id);
    await store.write(({ jwks }) => jwks.insert(second));
    await database.raw(`update jwks set mac = (select mac from jwks where id = '${second.id}')`);
    expect(await altered()).toEqual(['jwks']);
    store.protect({ mac: (of, parts) => testIntegrity.mac(`another ${of}`, parts) });
    expect(await altered()).toHaveLength(18);
  });

  test('that is wrong keeps the settings of a project or an environment from being written again as they are', async () => {
    await database.raw(`update projects set publish_key_types = '["RSA"]' where id = '${project.id}'`);
    await database.raw(
      `update environments set environment_set = 1 - environment_set where id = '${environment.id}'`,
    );
    const refusal = { reason: 'ALTERED_IN_DATABASE' };
    const writes = [
      store.write(async ({ projects }) => {
        const found = await projects.get(project.id);
        expect(found?.altered).toBe(true);
        expect((await projects.list()).filter(({ altered }) => altered)).toHaveLength(1);
        await projects.update({ ...(found as NonNullable<typeof found>), description: 'other' });
      }),
      store.write(async ({ environments }) => {
        const found = await environments.get(environment.id);
        expect(found?.altered).toBe(true);
        expect((await environments.list()).filter(({ altered }) => altered)).toHaveLength(1);
        await environments.update({ ...(found as NonNullable<typeof found>), description: 'other' });
      }),
    ];
    for (const write of writes) await expect(write).rejects.toMatchObject(refusal);
    expect(await altered()).toEqual(['projects', 'environments']);
  });

  test('is looked at in every row, however many there are', async () => {
    const jwks = Array.from({ length: 300 }, () => sampleJwk(project.id));
    await store.write(async (stores) => {
      for (const jwk of jwks) await stores.jwks.insert(jwk);
    });
    await database.raw(`update jwks set description = 'x' where id = '${jwks.at(-1)?.id}'`);
    expect(await altered()).toEqual(['jwks']);
  });

  test('that is wrong keeps a row from being written again as it is', async () => {
    await database.raw("update jwks set kid = 'another'");
    const [row] = await store.read(({ jwks }) => jwks.listOfProject(project.id, '', 10));
    expect(row?.altered).toBe(true);
    const again = store.write(({ jwks }) => jwks.update(row as NonNullable<typeof row>));
    await expect(again).rejects.toMatchObject({ reason: 'ALTERED_IN_DATABASE' });
    await store.write(({ jwks }) => jwks.update({ ...(row as NonNullable<typeof row>), altered: false }));
    expect(await altered()).toEqual([]);
  });
});

function literal(kind: 'sqlite' | 'postgres', value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (Buffer.isBuffer(value))
    return kind === 'sqlite' ? `x'${value.toString('hex')}'` : `'\\x${value.toString('hex')}'`;
  return typeof value === 'number' ? String(value) : `'${String(value)}'`;
}
