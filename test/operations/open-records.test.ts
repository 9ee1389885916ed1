// A backup of a PostgreSQL database that is made while audit records are open.

import { join } from 'node:path';
import pg from 'pg';
import { expect, test } from 'vitest';
import { examine } from '../../src/compose/doctor.ts';
import { backUp, restore, verifyBackUp } from '../../src/compose/operations.ts';
import { freshDatabases } from '../support/databases.ts';
import {
  cleanUpInstallations,
  configOver,
  made,
  masterKeyOf,
  scratchFolder,
  start,
  stop,
} from './support/installation.ts';

cleanUpInstallations();
const freshPostgres = freshDatabases('postgres');
const freshSqlite = freshDatabases('sqlite');

const projects = ['Blue', 'Green', 'Red'];
const names = Array.from({ length: 9 }, (_, index) => `jwk-${index}`);

/** No manager puts records into the chain meanwhile. */
async function whileTheChainIsHeld(url: string, work: () => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('begin');
    await client.query('select * from audit_head for update');
    await work();
  } finally {
    await client.end();
  }
}

test.each([
  ['PostgreSQL', freshPostgres],
  ['SQLite', freshSqlite],
])(
  'a backup that holds open audit records is restored to %s with one chain, complete, and the doctor finds nothing',
  async (_kind, target) => {
    const { options } = await freshPostgres();
    const config = await configOver(options);
    const installation = await start(config);
    const { api } = installation;
    await made(api, '/apiops/environments/', { name: 'production', type: 'PRODUCTION' });
    for (const name of projects) await made(api, '/apiops/projects/', { name });
    const create = (name: string, index: number) =>
      made(api, `/apiops/projects/${projects[index % projects.length]}/jwks/generate`, {
        name,
        type: 'EC',
        ec: { curveType: 'P256' },
      });
    // The first change of an environment excludes every other write.
    await create('first', 0);
    const before = (await api('GET', '/apiops/audit/')).body;
    const file = join(await scratchFolder(), 'backup');
    await whileTheChainIsHeld(options.kind === 'postgres' ? options.url : '', async () => {
      await Promise.all(names.map(create));
      const { rows } = await backUp(config, file);
      expect(rows).toMatchObject({ audit_records_open: names.length, jwks: names.length + 1 });
    });
    const masterKey = await masterKeyOf(config);
    await stop(installation);

    const there = await configOver((await target()).options, { KEYPLANE_MASTER_KEY: masterKey });
    await verifyBackUp(there, file);
    await restore(there, { file, replace: false });
    expect((await examine(there)).findings).toEqual([]);
    const restored = await start(there, api.token);
    const newest = async () => (await restored.api('GET', '/apiops/audit/?size=100')).body;
    const { resultList } = await newest();
    const sequences = resultList.map(({ sequence }: { sequence: number }) => sequence);
    expect(sequences.toReversed()).toEqual(Array.from(sequences, (_, index) => index + 1));
    expect(sequences.length).toBe(before.resultCount + names.length + 1);
    const created = resultList
      .filter(({ action }: { action: string }) => action === 'jwk.generate' || action === 'jwk.create')
      .map(({ objectName }: { objectName: string }) => objectName);
    expect(created.toSorted()).toEqual(['first', ...names].toSorted());
    expect(resultList[0]).toMatchObject({ action: 'installation.restore' });
    // Numbers of the records of a project continue, so what is created now is no gap.
    for (const [index, name] of projects.entries()) {
      await made(restored.api, `/apiops/projects/${name}/jwks/generate`, {
        name: `after-${index}`,
        type: 'EC',
        ec: { curveType: 'P256' },
      });
    }
    expect((await newest()).resultList.length).toBe(sequences.length + projects.length);
    await stop(restored);
    expect((await examine(there)).findings).toEqual([]);
  },
);
