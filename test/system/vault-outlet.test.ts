// A manager that is killed around its write to a server of OpenBao: its own write never has to be forced afterwards.

import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type BaoServer, findBao, startBao } from '../support/bao-server.ts';
import { eventually } from './support/eventually.ts';
import { endAllProcesses } from './support/keyplane-process.ts';
import { removeTemporaryFolders } from './support/temporary-folder.ts';
import { jwksPath, made, pastedJwk, startWorld, type World } from './support/world.ts';

const path = findBao();
const preload = [fileURLToPath(new URL('../../faults/preload/kill-at-fault-point.ts', import.meta.url))];
const outlets = '/apiops/projects/MyProject/outlets/';
const allowing = 'path "secret/data/*" { capabilities = ["create", "read", "update"] }';
const denying = 'path "secret/data/*" { capabilities = ["deny"] }';

describe.skipIf(path === undefined)('a manager that is killed while it writes to OpenBao', () => {
  let bao: BaoServer;
  let world: World;

  beforeAll(async () => {
    bao = await startBao(String(path));
    await bao.call('POST', 'sys/auth/approle', { type: 'approle' });
    await bao.call('POST', 'auth/approle/role/keyplane', { token_policies: 'keyplane', token_ttl: '1m' });
    world = await startWorld({ KEYPLANE_URL_ALLOW: '127.0.0.1' });
    await world.manager.stop();
  });
  afterEach(async () => {
    const { body } = await world.api('GET', outlets);
    for (const { name } of body.resultList) await world.api('DELETE', `${outlets}${name}/`);
    await world.manager.stop();
  });
  afterAll(async () => {
    await endAllProcesses();
    await bao?.end();
    await removeTemporaryFolders();
  });

  const permit = (policy: string) => bao.call('POST', 'sys/policies/acl/keyplane', { policy });
  const secretOf = async (name: string) => (await bao.call('GET', `secret/data/${name}`)).body.data;
  const stateOf = async (name: string) =>
    (await world.api('GET', `${outlets}${name}/`)).body.resultList[0].environments[0];
  const isIn = (name: string, state: string) =>
    eventually(async () => (await stateOf(name)).state === state, `${name} is ${state}`);

  /** Delivered once; the next write is the one that kills the manager. */
  async function deliveredThenKilled(name: string, point: string): Promise<void> {
    await world.startManager();
    await permit(allowing);
    const role = (await bao.call('GET', 'auth/approle/role/keyplane/role-id')).body.data.role_id;
    const secret = (await bao.call('POST', 'auth/approle/role/keyplane/secret-id', {})).body.data.secret_id;
    await made(world.api, outlets, {
      name,
      kind: 'VAULT_KV',
      content: 'JWKS',
      target: { address: bao.url, mount: 'secret', path: name },
      credential: { type: 'APPROLE', roleId: role, secretId: secret },
    });
    await isIn(name, 'CURRENT');
    await world.manager.stop();
    await world.startManager({ settings: { FAULT_KILL_AT: `${point}#1` }, preload });
    const { ended } = world.manager;
    // It may be killed before it has answered.
    await made(world.api, jwksPath, pastedJwk(`${name}-1`)).catch(() => undefined);
    expect((await ended).signal).toBe('SIGKILL');
  }

  /** The former content is never delivered again: it has changed when the server can be reached. */
  async function changedBeforeReached(name: string): Promise<void> {
    await permit(denying);
    await world.startManager();
    await made(world.api, jwksPath, pastedJwk(`${name}-2`));
    await isIn(name, 'FAILING');
  }

  test.each([
    ['before the write', 'keyplane:outlet-write.before', 1],
    ['before its record', 'keyplane:outlet-write.after', 2],
  ])('%s goes on without force after the keys have changed', async (when, point, versionThen) => {
    const name = when.replaceAll(' ', '-');
    await deliveredThenKilled(name, point);
    expect((await secretOf(name)).metadata.version).toBe(versionThen);
    await changedBeforeReached(name);
    await permit(allowing);
    await isIn(name, 'CURRENT');
    const { data, metadata } = await secretOf(name);
    expect(metadata.version).toBe(versionThen + 1);
    const keys: readonly { readonly kid: string }[] = JSON.parse(data['jwks.json']).keys;
    const published = (await world.api('GET', `${jwksPath}?size=100`)).body.resultList;
    expect(keys.map(({ kid }) => kid).sort()).toEqual(
      published.map(({ kid }: { kid: string }) => kid).sort(),
    );
  });

  test('does not take what another program wrote meanwhile for its own', async () => {
    await deliveredThenKilled('foreign', 'keyplane:outlet-write.after');
    await bao.call('POST', 'secret/data/foreign', { data: { mine: 'yes' } });
    await world.startManager();
    await eventually(
      async () => /^Version 3 .*not written by this outlet/.test((await stateOf('foreign')).lastError ?? ''),
      'the foreign version is reported',
    );
    expect((await secretOf('foreign')).data).toEqual({ mine: 'yes' });
  });
});
