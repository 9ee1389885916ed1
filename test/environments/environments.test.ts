import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Caller } from '../../src/access/caller.ts';
import { parseEnrollmentToken } from '../../src/protocol/enrollment-token.ts';
import { adminOf, openRuleWorld, type RuleWorld } from '../access/support/rule-world.ts';

let world: RuleWorld;
let admin: Caller;
beforeEach(async () => {
  world = await openRuleWorld();
  admin = await adminOf(world);
  for (const name of ['one', 'two']) await world.access.projects.create(admin, { name });
});
afterEach(() => world.close());

const production = { name: 'production', type: 'PRODUCTION' };
const projectId = async (name: string) =>
  (await world.access.projects.list(admin)).find((project) => project.name === name)?.id ?? '';
const reachedBy = async (name: string) =>
  (await world.environments.listOfProject(await projectId(name))).map((environment) => environment.name);
const missing = (name: string) =>
  `Environment (${name}) is not found or user does not have privilege to access it!`;

describe('an environment', () => {
  test('is reached by every project when none is named, and else by those that are', async () => {
    await world.environments.create(admin, production);
    await world.environments.create(admin, { name: 'narrow', type: 'TEST', projects: ['two', 'two'] });
    await world.environments.create(admin, { name: 'closed', type: 'SANDBOX', projects: [] });
    expect(await reachedBy('one')).toEqual(['production']);
    expect(await reachedBy('two')).toEqual(['narrow', 'production']);
    const listed = await world.environments.list();
    expect(listed.map(({ environment, projectNames }) => [environment.name, projectNames])).toEqual([
      ['closed', []],
      ['narrow', ['two']],
      ['production', null],
    ]);
  });

  test.each([
    [{ type: 'TEST' }, 'Environment name can not be empty!'],
    [{ name: 'a/b', type: 'TEST' }, /^Environment name \(a\/b\) is not valid!/],
    [{ name: 'x' }, 'Environment type is required! Valid values: PRODUCTION, SANDBOX, TEST'],
    [
      { name: 'x', type: 'test' },
      'Environment type (test) is not valid! Valid values: PRODUCTION, SANDBOX, TEST',
    ],
    [{ name: 'x', type: 'TEST', accessUrl: 'ftp://x' }, /^accessUrl must be an http or https URL/],
    [{ name: 'x', type: 'TEST', accessUrl: 'production' }, /^accessUrl must be an http or https URL/],
    [
      { name: 'x', type: 'TEST', accessUrl: `https://x/${'a'.repeat(3000)}` },
      /^accessUrl must be an http or https URL/,
    ],
    [
      { name: 'x', type: 'TEST', accessUrl: 'https://user:hunter2@x' },
      'accessUrl must not hold a user or a password!',
    ],
    [
      { name: 'x', type: 'TEST', projects: ['one', 'none', 'nil'] },
      'Project (name: none, nil) is not found!',
    ],
  ])('is refused when something is wrong, number %#', async (input, text) => {
    await expect(world.environments.create(admin, input)).rejects.toThrow(text);
    expect(await world.environments.list()).toEqual([]);
    expect(world.deployments.calls).toEqual([]);
  });

  test('has a name that is free and stays', async () => {
    await world.environments.create(admin, production);
    await expect(world.environments.create(admin, production)).rejects.toThrow(
      'Environment (name: production) is already exist!',
    );
    await expect(world.environments.update(admin, 'production', { name: 'other' })).rejects.toThrow(
      'Environment name can not be changed!',
    );
    await expect(world.environments.update(admin, 'none', {})).rejects.toThrow(missing('none'));
    await expect(world.environments.delete(admin, 'none')).rejects.toThrow(missing('none'));
  });

  test('is replaced by an update, but keeps a type that is left out', async () => {
    const input = { ...production, description: 'd', accessUrl: 'https://gw.example', projects: ['one'] };
    await world.environments.create(admin, input);
    await world.environments.update(admin, 'production', { name: 'production' });
    const [found] = await world.environments.list();
    expect(found).toMatchObject({ projectNames: null });
    expect(found?.environment).toMatchObject({ type: 'PRODUCTION', description: null, accessUrl: null });
    await world.environments.update(admin, 'production', { type: 'TEST', projects: ['two'] });
    expect((await world.environments.list())[0]).toMatchObject({
      environment: { type: 'TEST' },
      projectNames: ['two'],
    });
  });

  test('the desired state of an environment changes in the same transaction, and its nodes get it afterwards', async () => {
    await world.environments.create(admin, production);
    const id = (await world.environments.list())[0]?.environment.id;
    await world.environments.update(admin, 'production', { projects: ['one'] });
    await world.environments.delete(admin, 'production');
    expect(world.deployments.calls).toEqual([
      `sync ${id}`,
      'wake',
      `sync ${id}`,
      'wake',
      `environment removed ${id}`,
      'wake',
    ]);
  });

  test('is not changed if its desired state cannot be changed', async () => {
    world.deployments.syncEnvironment = async () => {
      throw new Error('the database is full');
    };
    await expect(world.environments.create(admin, production)).rejects.toThrow();
    expect(await world.environments.list()).toEqual([]);
    expect((await world.auditRecords()).map(({ action }) => action)).not.toContain('environment.create');
  });

  test('leaves a record of each change', async () => {
    await world.environments.create(admin, { ...production, projects: ['one', 'two'] });
    await world.environments.delete(admin, 'production');
    expect((await world.auditRecords()).slice(-2)).toMatchObject([
      { actor: 'admin', action: 'environment.create', objectName: 'production', details: { projects: 2 } },
      { actor: 'admin', action: 'environment.delete', objectName: 'production' },
    ]);
  });
});

function publicKeyOf(token: string): Buffer {
  const secret = parseEnrollmentToken(token);
  if (secret?.kind !== 'key') throw new Error('that is no enrollment token');
  return secret.key.publicKey;
}

describe('enrollment tokens', () => {
  const kept = (token: string) =>
    world.store.read((stores) => stores.enrollmentTokens.findByKey(publicKeyOf(token)));

  test('are kept as a public key, and stay beside earlier ones', async () => {
    await world.environments.create(admin, production);
    const first = await world.enrollment.createToken(admin, { environmentName: 'production' });
    const second = await world.enrollment.createToken(admin, { environmentName: 'production' });
    expect(first.secretToken).toMatch(/^kpn_[\w-]{43}\.[\w-]{43}$/);
    expect(await kept(first.secretToken)).toBeDefined();
    expect(await kept(second.secretToken)).toBeDefined();
    expect(JSON.stringify(await world.auditRecords())).not.toContain(first.secretToken);
  });

  test('of npm start replace each other, and no other', async () => {
    await world.environments.create(admin, production);
    const request = { environmentName: 'production', name: 'edge' };
    const other = await world.enrollment.createToken(admin, request);
    await world.enrollment.createToken(admin, request);
    const first = await world.enrollment.replaceQuickstartToken(admin, 'production');
    const second = await world.enrollment.replaceQuickstartToken(admin, 'production');
    const labels = (await world.enrollment.list('production')).map(({ label }) => label);
    expect(labels.toSorted()).toEqual(['edge', 'edge', 'quickstart']);
    await expect(world.enrollment.createToken(admin, { ...request, name: 'quickstart' })).rejects.toThrow(
      /that of the tokens that npm start replaces/,
    );
    expect(await kept(first.secretToken)).toBeUndefined();
    expect(await kept(second.secretToken)).toBeDefined();
    expect(await kept(other.secretToken)).toBeDefined();
  });

  test('are revoked by their ids, within their environment only, and that is on the record', async () => {
    await world.environments.create(admin, production);
    await world.environments.create(admin, { name: 'staging', type: 'TEST' });
    const { secretToken } = await world.enrollment.createToken(admin, { environmentName: 'production' });
    const [token] = await world.enrollment.list('production');
    const id = token?.id ?? '';
    for (const [environment, tokenId] of [['staging', id] as const, ['production', 'none'] as const]) {
      await expect(world.enrollment.revoke(admin, environment, tokenId)).rejects.toThrow(
        `Enrollment token (id: ${tokenId}) is not found!`,
      );
    }
    expect(await kept(secretToken)).toBeDefined();
    await world.enrollment.revoke(admin, 'production', id);
    expect(await kept(secretToken)).toBeUndefined();
    const record = (await world.auditRecords()).at(-1);
    expect(record).toMatchObject({ action: 'enrollmentToken.revoke', objectId: id, actor: admin.username });
  });

  test('are for environments that exist', async () => {
    await expect(world.enrollment.createToken(admin, { environmentName: 'none' })).rejects.toThrow(
      missing('none'),
    );
  });
});

describe('nodes', () => {
  const nodeId = '00000000-0000-7000-8000-000000000001';
  beforeEach(async () => {
    await world.environments.create(admin, production);
    await world.store.write(async (stores) => {
      const environment = await stores.environments.find('production');
      await stores.nodes.insert({
        id: nodeId,
        environmentId: environment?.id ?? '',
        name: 'node-1',
        version: '1.0.0',
        appliedRevision: 3,
        connected: false,
        lastSeenAt: null,
        createdAt: world.time.now,
        managerId: null,
        refusal: null,
        keyId: null,
        privateKeys: true,
        address: null,
        clockOffsetMs: null,
        appliedAt: null,
        serveLimitMs: null,
        ephemeral: false,
      });
    });
    world.deployments.calls.length = 0;
  });

  test('are listed with their current state, or with their last known one', async () => {
    expect(await world.nodes.list('production')).toMatchObject([
      { name: 'node-1', connected: false, appliedRevision: 3 },
    ]);
    const lastSeenAt = world.time.now;
    world.deployments.live.set(nodeId, {
      connected: true,
      appliedRevision: 7,
      lastSeenAt,
      refusal: null,
      clockOffsetMs: 3,
      version: '2.0.0',
    });
    expect(await world.nodes.list('production')).toMatchObject([
      { name: 'node-1', connected: true, appliedRevision: 7, lastSeenAt, version: '2.0.0' },
    ]);
    await expect(world.nodes.list('none')).rejects.toThrow(missing('none'));
  });

  test('that are removed are no longer listed, and their streams are closed', async () => {
    await world.nodes.delete(admin, 'production', 'node-1');
    expect(await world.nodes.list('production')).toEqual([]);
    expect(world.deployments.calls).toEqual([`node removed ${nodeId}`]);
    await expect(world.nodes.delete(admin, 'production', 'node-1')).rejects.toThrow(
      'Node (name: node-1) is not found!',
    );
    await expect(world.nodes.delete(admin, 'none', 'node-1')).rejects.toThrow(missing('none'));
  });
});
