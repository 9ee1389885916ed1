// An attacker writes to the database without the master key: nothing of it is deployed or served.

import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../src/new-id.ts';
import type { RunningNode } from '../../src/node/start-node.ts';
import type { DeployedContent } from '../../src/protocol/content.ts';
import { addDigest, contentDigest } from '../../src/protocol/state-digest.ts';
import { projectApi } from '../api/support/project-api.ts';
import { fixture } from '../jose/made-keys.ts';
import { startTestManager, type TestManager, until } from '../support/manager.ts';
import { databaseKind } from '../support/postgres-databases.ts';

const jwks = '/apiops/projects/MyProject/jwks';
const production = 'production';

let keyplane: TestManager;
let node: RunningNode;

beforeAll(async () => {
  keyplane = await startTestManager({ environments: [production] });
  node = await keyplane.addNode(production, 'first');
});
afterAll(() => keyplane.close());

const blob = (value: unknown) => {
  const hex = Buffer.from(value as Uint8Array).toString('hex');
  return databaseKind() === 'sqlite' ? `x'${hex}'` : `'\\x${hex}'`;
};
const literal = (value: unknown) => {
  if (value === null || value === undefined) return 'null';
  if (value instanceof Uint8Array) return blob(value);
  return typeof value === 'number' ? String(value) : `'${String(value).replaceAll("'", "''")}'`;
};
type Row = Readonly<Record<string, unknown>>;

async function insertRow(table: string, row: Row): Promise<void> {
  const values = Object.values(row).map(literal).join(', ');
  await keyplane.raw(`insert into ${table} (${Object.keys(row).join(', ')}) values (${values})`);
}

async function rowOf(table: string, where: string): Promise<Row> {
  const [row] = await keyplane.raw(`select * from ${table} where ${where}`);
  if (row === undefined) throw new Error(`${table} has no row where ${where}`);
  return row;
}

/** A node that starts with an empty data directory, once it serves. */
async function freshNode(name: string, environment = production): Promise<RunningNode> {
  const fresh = await keyplane.addNode(environment, name);
  await until(async () => (await fetch(`${fresh.url}/readyz`)).ok, `node ${name} has a state`);
  return fresh;
}

async function generate(name: string) {
  const answer = await keyplane.api('POST', `${jwks}/generate`, {
    name,
    type: 'EC',
    kid: name,
    ec: { curveType: 'P256' },
  });
  expect(answer.status).toBe(200);
  return answer.body.deploymentResult;
}

async function servedBy({ url }: RunningNode): Promise<readonly string[]> {
  const answer = await fetch(`${url}/projects/MyProject/.well-known/jwks.json`);
  if (answer.status !== 200) return [`status ${answer.status}`];
  const { keys } = (await answer.json()) as { keys: { kid: string }[] };
  return keys.map(({ kid }) => kid).sort();
}

/** A public key of the writer's own, as a row beside that of a real one. @returns its id and what a node would be sent */
async function forgedJwk(name: string): Promise<{ id: string; content: DeployedContent }> {
  const like = await rowOf('jwks', "name = 'real'");
  const id = newId();
  const jwk = { kty: 'EC', crv: 'P-256', x: 'f'.repeat(43), y: 'f'.repeat(43), kid: name };
  const members = { name, kid: name, public_members: JSON.stringify(jwk), private_members: null };
  await insertRow('jwks', { ...like, id, ...members, not_before_time: null, expiration_time: null });
  const content = {
    kind: 'jwk' as const,
    id,
    project: 'MyProject',
    name,
    jwk,
    notBefore: null,
    expires: null,
  };
  return { id, content };
}

test('a JWK that was inserted with its desired row is not deployed, and all others are', async () => {
  await generate('real');
  const { id, content } = await forgedJwk('forged');
  const like = await rowOf('desired_objects', 'digest is not null');
  await insertRow('desired_objects', {
    ...like,
    object_id: id,
    revision: 0,
    digest: contentDigest(content),
  });
  const fresh = await freshNode('second');
  expect(await servedBy(fresh)).toEqual(['real']);
  expect(await generate('after')).toMatchObject({ success: true });
  for (const one of [node, fresh]) expect(await servedBy(one)).toEqual(['after', 'real']);

  const refusal = { status: 503, body: { reason: 'ALTERED_IN_DATABASE' } };
  for (const path of ['forged/', 'forged/export-file/', 'forged/?publicOnly=true']) {
    expect(await keyplane.api('GET', `${jwks}/${path}`)).toMatchObject(refusal);
  }
  expect(await keyplane.api('PUT', `${jwks}/forged/`, { description: 'mine' })).toMatchObject(refusal);
  expect(await keyplane.api('DELETE', `${jwks}/forged/`)).toMatchObject({ status: 200 });
  expect(await generate('later')).toMatchObject({ success: true });
  expect(await servedBy(fresh)).toEqual(['after', 'later', 'real']);
});

test('a JWK that waits for an environment is not deployed there when it was inserted', async () => {
  await keyplane.api('POST', '/apiops/environments/', { name: 'empty', type: 'TEST', projects: [] });
  await forgedJwk('waiting');
  await keyplane.api('PUT', '/apiops/environments/empty/', { type: 'TEST' });
  const there = await keyplane.addNode('empty', 'there');
  await until(async () => (await servedBy(there)).includes('real'), 'the environment has the keys');
  expect(await servedBy(there)).not.toContain('waiting');
  await keyplane.raw("delete from jwks where name = 'waiting'");
  await keyplane.api('DELETE', '/apiops/environments/empty/');
});

test('an environment set that was switched on in the database is published by no node', async () => {
  const environmentsPath = '/apiops/environments/production/';
  const choose = (environmentSet: boolean) =>
    keyplane.api('PUT', environmentsPath, { type: 'TEST', environmentSet });
  const statusAt = async ({ url }: RunningNode) => (await fetch(`${url}/.well-known/jwks.json`)).status;
  expect(await choose(false)).toMatchObject({ status: 200 });
  await keyplane.raw("update environments set environment_set = 1 where name = 'production'");
  const fresh = await freshNode('after-switch');
  for (const one of [node, fresh]) expect(await statusAt(one)).toBe(404);
  const other = { type: 'TEST', description: 'other' };
  const refusal = { status: 503, body: { reason: 'ALTERED_IN_DATABASE' } };
  expect(await keyplane.api('PUT', environmentsPath, other)).toMatchObject(refusal);
  for (const one of [node, await freshNode('after-other')]) expect(await statusAt(one)).toBe(404);
  expect(await choose(true)).toMatchObject({ status: 200 });
  for (const one of [node, fresh])
    await until(async () => (await statusAt(one)) === 200, 'an administrator switches it on');
});

test('a setting that was altered in the database reaches no node, with a change of other settings either', async () => {
  await keyplane.api('POST', '/apiops/projects/', { name: 'Chosen', publishKeyTypes: ['EC'] });
  const generated = { EC: { ec: { curveType: 'P256' } }, RSA: { rsa: { keySize: 2048 } } };
  for (const [type, options] of Object.entries(generated)) {
    const body = { name: type, kid: type, type, ...options };
    expect(await keyplane.api('POST', '/apiops/projects/Chosen/jwks/generate', body)).toMatchObject({
      status: 200,
    });
  }
  const typesAt = async ({ url }: RunningNode) => {
    const answer = await fetch(`${url}/projects/Chosen/.well-known/jwks.json`);
    const { keys } = (await answer.json()) as { keys: { kty: string }[] };
    return keys.map(({ kty }) => kty);
  };
  for (const [index, altered] of ['null', `'["RSA"]'`].entries()) {
    await keyplane.raw(`update projects set publish_key_types = ${altered} where name = 'Chosen'`);
    expect(await typesAt(await freshNode(`types-${index}`))).toEqual(['EC']);
  }
  const refusal = { status: 503, body: { reason: 'ALTERED_IN_DATABASE' } };
  const other = { description: 'other', publishKeyTypes: ['RSA'] };
  expect(await keyplane.api('PUT', '/apiops/projects/Chosen/', other)).toMatchObject(refusal);
  expect(await typesAt(await freshNode('types-later'))).toEqual(['EC']);
  const chosen = { publishKeyTypes: ['RSA'], historicalKeyRingName: null };
  expect(await keyplane.api('PUT', '/apiops/projects/Chosen/', chosen)).toMatchObject({ status: 200 });
  await until(async () => (await typesAt(node)).join() === 'RSA', 'an administrator chooses others');
  await keyplane.api('DELETE', '/apiops/projects/Chosen/');
});

test('a key whose public members were altered is not published, and no user can read it', async () => {
  await generate('victim');
  const before = await rowOf('jwks', "name = 'victim'");
  const mine = String(before.public_members).replace(/"x":"[^"]+"/, `"x":"${'A'.repeat(43)}"`);
  expect(mine).not.toBe(before.public_members);
  await keyplane.raw(`update jwks set public_members = ${literal(mine)} where name = 'victim'`);
  const fresh = await freshNode('third');
  expect(await servedBy(fresh)).toEqual(['after', 'later', 'real']);
  expect((await keyplane.api('GET', `${jwks}/victim/?publicOnly=true`)).status).toBe(503);
  const metrics = await (await fetch(`${keyplane.url}/metrics`)).text();
  expect(metrics).toMatch(/^keyplane_left_out_total\{kind="jwk"\} [1-9]/m);
  const value = { sourceType: 'COPY_PASTE', kid: 'victim', useType: 'SIGNATURE', algorithm: 'ES256' };
  const jwk = { kty: 'EC', crv: 'P-256', ...pointOf(String(before.public_members)) };
  const healed = await keyplane.api('PUT', `${jwks}/victim/`, { ...value, jwkStr: JSON.stringify(jwk) });
  expect(healed.body).toMatchObject({ deploymentResult: { success: true } });
  expect(await servedBy(fresh)).toContain('victim');
});

test('a row that was set back with its old MAC is served by no node', async () => {
  await generate('moved');
  const [jwk, desired] = [await rowOf('jwks', "name = 'moved'"), await desiredOf('moved')];
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const value = { sourceType: 'COPY_PASTE', kid: 'newer', useType: 'SIGNATURE', algorithm: 'ES256' };
  const jwkStr = JSON.stringify(publicKey.export({ format: 'jwk' }));
  const replaced = await keyplane.api('PUT', `${jwks}/moved/`, { ...value, jwkStr });
  expect(replaced.body).toMatchObject({ deploymentResult: { success: true } });
  await setBack('jwks', jwk, `id = '${jwk.id}'`);
  await setBack('desired_objects', desired, `object_id = '${jwk.id}'`);
  const fresh = await keyplane.addNode(production, 'fourth');
  const refused = () => keyplane.raw("select refused_reason from nodes where name = 'fourth'");
  await until(
    async () => (await refused())[0]?.refused_reason !== null,
    'the node rejects what does not add up',
  );
  expect(await servedBy(fresh)).toEqual(['status 503']);
  expect(await servedBy(node)).toContain('newer');
  expect(await servedBy(node)).not.toContain('moved');
});

test('an altered head of an environment is not sent to nodes', async () => {
  const { environment_id: id, revision, digest } = await rowOf('environment_states', 'revision > 0');
  const { id: forged, content } = await forgedJwk('head');
  const sum = contentDigest(content);
  const like = await rowOf('desired_objects', 'digest is not null');
  await insertRow('desired_objects', {
    ...like,
    object_id: forged,
    revision: Number(revision) + 1,
    digest: sum,
  });
  await keyplane.raw(
    `update environment_states set revision = revision + 1, digest = ${blob(addDigest(digest as Buffer, sum))} where environment_id = '${id}'`,
  );
  const before = await servedBy(node);
  const answer = await keyplane.api('POST', `${jwks}/generate`, {
    name: 'refused',
    type: 'EC',
    ec: { curveType: 'P256' },
  });
  expect(answer).toMatchObject({ status: 503, body: { reason: 'ALTERED_IN_DATABASE' } });
  expect(await servedBy(node)).toEqual(before);
  expect(before).not.toContain('head');
});

test('a certificate that was exchanged in the database makes no JWK and is given to no node', async () => {
  const at = await startTestManager({ environments: [production, 'staging'] });
  const project = projectApi(at.api);
  const fields = { environmentList: `${production},staging` };
  for (const [name, file] of [
    ['kept', 'leaf.pem'],
    ['mine', 'root.pem'],
  ] as const) {
    const pem = fixture(file);
    const own = { ...fields, certificateName: name, alias: name, pemEncodedFile: new Blob([pem]) };
    expect((await project.certificate(own)).status).toBe(200);
  }
  const chain = "select chain from certificate_environments where alias = 'mine' limit 1";
  const there = `environment_id = (select id from environments where name = '${production}')`;
  await at.raw(`update certificate_environments set chain = (${chain}) where alias = 'kept' and ${there}`);
  const jwk = {
    name: 'of-it',
    sourceType: 'CERTIFICATE',
    certificateName: 'kept',
    environmentName: production,
  };
  const refusal = { status: 503, body: { reason: 'ALTERED_IN_DATABASE' } };
  expect(await project.create({ ...jwk, useType: 'SIGNATURE', algorithm: 'RS256' })).toMatchObject(refusal);
  // Also where it is as it was in another environment.
  expect(await at.api('GET', '/apiops/projects/MyProject/certificates/kept/')).toMatchObject(refusal);
  const fresh = await at.addNode(production, 'fresh');
  await until(async () => (await fetch(`${fresh.url}/readyz`)).ok, 'the node has a state');
  const status = await (await fetch(`${fresh.url}/status`)).json();
  expect(status).toMatchObject({ counts: { certificates: 1 } });
  await at.close();
});

async function desiredOf(name: string): Promise<Row> {
  return rowOf('desired_objects', `object_id = (select id from jwks where name = '${name}')`);
}

async function setBack(table: string, row: Row, where: string): Promise<void> {
  const columns = Object.entries(row).map(([column, value]) => `${column} = ${literal(value)}`);
  await keyplane.raw(`update ${table} set ${columns.join(', ')} where ${where}`);
}

function pointOf(publicMembers: string): { readonly x: string; readonly y: string } {
  const { x, y } = JSON.parse(publicMembers);
  return { x, y };
}
