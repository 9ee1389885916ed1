// Two managers on one PostgreSQL create JWKs in projects of their own, through the whole API.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { p256Public } from '../api/support/sample-keys.ts';
import type { Api } from '../support/manager.ts';
import { type SeveralManagers, startManagers } from './support/several-managers.ts';

const creates = 12;

let several: SeveralManagers;
beforeAll(async () => {
  several = await startManagers();
  await several.managers[0].api('POST', '/apiops/projects/', { name: 'Other' });
  // From then on the environment has a state whose row can be locked.
  await create(several.managers[0].api, 'MyProject', 'first');
});
afterAll(() => several.close());

async function create(api: Api, project: string, name: string): Promise<void> {
  const body = { name, sourceType: 'COPY_PASTE', jwkStr: JSON.stringify({ ...p256Public, kid: name }) };
  const path = `/apiops/projects/${project}/jwks/`;
  expect((await api('POST', path, body)).status).toBe(200);
}

async function recordedNames(api: Api): Promise<readonly string[]> {
  const found = await api('GET', '/apiops/audit/?action=jwk.create&size=100');
  return found.body.resultList.map(({ objectName }: { objectName: string }) => objectName);
}

test('a create at one manager is in the audit log of the other as soon as it is answered', async () => {
  const [here, there] = several.managers;
  await create(here.api, 'MyProject', 'just-now');
  expect(await recordedNames(there.api)).toContain('just-now');
});

test('creates at both managers excluded only those of their own project, and are in one sequence', async () => {
  const [here, there] = several.managers;
  const names = Array.from({ length: creates }, (_, index) => `jwk-${index}`);
  await Promise.all(
    names.flatMap((name) => [
      create(here.api, 'MyProject', name),
      create(there.api, 'Other', name),
      here.api('POST', '/apiops/projects/MyProject/jwks/generate', {
        name: `generated-${name}`,
        type: 'EC',
        ec: { curveType: 'P256' },
      }),
    ]),
  );
  const recorded = await recordedNames(here.api);
  expect(recorded.filter((name) => names.includes(name))).toHaveLength(2 * creates);
  const rows = await several.raw(
    'select sequence, action, lane, lane_number from audit_records order by sequence',
  );
  expect(rows.map(({ sequence }) => Number(sequence))).toEqual(rows.map((_, index) => index + 1));
  // What excludes all others puts its record into the chain itself.
  const chained = rows.filter(({ action, lane }) => action === 'jwk.create' && lane === null);
  expect(chained.length).toBeLessThanOrEqual(1);
  const revisions = await several.raw('select revision from desired_objects order by revision');
  expect(revisions.map(({ revision }) => Number(revision))).toEqual(
    Array.from({ length: revisions.length }, (_, index) => index + Number(revisions[0]?.revision)),
  );
});

test('events of a project are numbered without a gap in the order of its audit records', async () => {
  const rows = await several.raw(`select e.sequence, a.sequence as record from events e
join projects p on p.id = e.project_id
join audit_records a on a.action = 'jwk.create' and a.object_name = e.object_name and a.project_name = p.name
where e.type = 'jwk.created' and p.name = 'MyProject' order by e.sequence`);
  expect(rows.map(({ sequence }) => Number(sequence))).toEqual(rows.map((_, index) => index + 1));
  const records = rows.map(({ record }) => Number(record));
  expect(records).toEqual(records.toSorted((a, b) => a - b));
});
