import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningNode } from '../../../src/node/start-node.ts';
import { type Answer, startTestManager, type TestManager, until } from '../../support/manager.ts';
import { noCaches, type RingApi, ringApi } from './support/ring-api.ts';

let world: TestManager;
let rings: RingApi;
let production: RunningNode;
let staging: RunningNode;
beforeAll(async () => {
  world = await startTestManager({ environments: ['production', 'staging'], settings: noCaches });
  rings = ringApi(world.api);
  production = await world.addNode('production', 'p1');
  staging = await world.addNode('staging', 's1');
});
afterAll(() => world.close());

const refusal = ({ status, body }: Answer) => [status, body.error_description, body.reason, body.member];

async function publishedAt(node: RunningNode): Promise<readonly string[]> {
  const answer = await fetch(`${node.url}/projects/MyProject/.well-known/jwks.json`);
  return ((await answer.json()) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid);
}

describe('Update key ring', () => {
  test('changes what it names and keeps the rest', async () => {
    await rings.create({ name: 'policy', description: 'Signs' });
    const { status, body } = await rings.call('PUT', 'policy/', {
      rotationInterval: null,
      maxTokenLifetime: 'PT5M',
    });
    expect({ status, ...body }).toMatchObject({
      status: 200,
      success: true,
      deploymentResult: { success: true },
    });
    expect(await rings.ring('policy')).toMatchObject({
      description: 'Signs',
      rotationInterval: null,
      maxTokenLifetime: 'PT5M',
      signingLease: 'P7D',
      nextRotationAt: null,
    });
    await rings.call('PUT', 'policy/', { description: '', signingLease: null });
    expect(await rings.ring('policy')).toMatchObject({ description: null, signingLease: null });
  });

  test('with another algorithm withdraws the next key and publishes one of the new kind', async () => {
    await rings.create({ name: 'grown' });
    await rings.call('PUT', 'grown/', { ec: { curveType: 'P384' } });
    const ring = await rings.ringWhen(
      'grown',
      ({ members }) => members[2]?.state === 'NEXT',
      'the third is NEXT',
    );
    expect(ring.members).toMatchObject([
      { state: 'ACTIVE', algorithm: 'ES256' },
      { state: 'RETIRED', algorithm: 'ES256', activatedAt: null },
      { state: 'NEXT', algorithm: 'ES384' },
    ]);
    expect(await publishedAt(production)).not.toContain(ring.members[1].kid);
  });

  test('takes the ring out of an environment and into another', async () => {
    await rings.create({ name: 'moving', environmentNames: ['production'] });
    const { kid } = await rings.member('moving', 1);
    expect(await publishedAt(production)).toContain(kid);
    expect(await publishedAt(staging)).not.toContain(kid);
    await rings.call('PUT', 'moving/', { environmentNames: ['staging'] });
    await until(async () => !(await publishedAt(production)).includes(kid), 'production unpublishes it');
    await until(async () => (await publishedAt(staging)).includes(kid), 'staging publishes it');
    await rings.call('PUT', 'moving/', { environmentNames: null });
    await until(async () => (await publishedAt(production)).includes(kid), 'production publishes it again');
  });

  test('of a shorter lifetime leaves tokens of the former one their time', async () => {
    await rings.create({ name: 'tighter', maxTokenLifetime: 'PT1H' });
    await rings.call('PUT', 'tighter/', { maxTokenLifetime: 'PT1S' });
    await rings.call('POST', 'tighter/rotate');
    const [old, active] = (await rings.ring('tighter')).members;
    expect(Date.parse(old.retireAt)).toBeGreaterThanOrEqual(
      Date.parse(active.activatedAt) + 3_600_000 - 1_000,
    );
  });

  test.each([
    ['another name', { name: 'other' }, 'Key ring name can not be changed! It is policy', 'name'],
    ['another type', { type: 'RSA' }, 'Key ring type can not be changed! It is EC', 'type'],
    [
      'another use',
      { ec: { curveType: 'P256', keyUseType: 'ENCRYPTION' } },
      'keyUseType can not be changed! It is SIGNATURE',
      'keyUseType',
    ],
    [
      'no environment',
      { environmentNames: [] },
      'environmentNames can not be empty! Leave it out for all that the project reaches',
      'environmentNames',
    ],
  ])('rejects %s', async (_what, body, message, member) => {
    expect(refusal(await rings.call('PUT', 'policy/', body))).toEqual([
      400,
      message,
      'FIELD_NOT_VALID',
      member,
    ]);
  });

  test('rejects a policy that contradicts itself', async () => {
    expect(
      refusal(await rings.call('PUT', 'policy/', { rotationInterval: 'P1D', maxTokenLifetime: 'P5D' })),
    ).toEqual([
      400,
      'maxTokenLifetime (PT120H) is longer than four times rotationInterval (PT24H)!',
      'POLICY_NOT_VALID',
      'maxTokenLifetime',
    ]);
    expect(await rings.ring('policy')).toMatchObject({ rotationInterval: null });
  });
});

describe('Delete key ring', () => {
  test('is rejected while a key may still be needed', async () => {
    await rings.create({ name: 'needed' });
    const { status, body } = await rings.call('DELETE', 'needed/');
    expect({ status, ...body }).toEqual({
      status: 400,
      error: 'bad_request',
      error_description: expect.stringMatching(
        /^Key ring \(name: needed\) may still be needed until \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ! Give force and a reason to delete it all the same\.$/,
      ),
      reason: 'STILL_NEEDED',
      member: 'force',
    });
    expect(refusal(await rings.call('DELETE', 'needed/?force=true'))).toEqual([
      400,
      'reason must have 3 to 500 characters!',
      'FIELD_REQUIRED',
      'reason',
    ]);
  });

  test('with force and a reason undeploys it and its keys', async () => {
    const { kid } = await rings.member('needed', 1);
    const { status, body } = await rings.call('DELETE', 'needed/?force=true&reason=not%20in%20use');
    expect({ status, ...body }).toEqual({
      status: 200,
      success: true,
      deploymentResult: {
        success: true,
        message: 'Undeployment completed successfully',
        environmentResults: [
          { environmentName: 'production', success: true, message: 'Undeployed successfully' },
          { environmentName: 'staging', success: true, message: 'Undeployed successfully' },
        ],
      },
    });
    expect(await publishedAt(production)).not.toContain(kid);
    expect(refusal(await rings.call('GET', 'needed/'))).toEqual([
      400,
      'Key ring (name: needed) is not found!',
      'NOT_FOUND',
      undefined,
    ]);
    const jwks = await world.api('GET', '/apiops/projects/MyProject/jwks/?search=needed');
    expect(jwks.body.resultCount).toBe(0);
    const { body: audit } = await world.api('GET', '/apiops/audit/?action=keyring.delete&size=1');
    expect(audit.resultList[0]).toMatchObject({
      actor: 'admin',
      objectType: 'key-ring',
      objectName: 'needed',
      details: { force: true, reason: 'not in use' },
    });
    expect((await rings.create({ name: 'needed' })).status).toBe(200);
  });
});

describe('the timeline', () => {
  test('has what happened and what is planned', async () => {
    await rings.create({ name: 'line', rotationInterval: 'P30D' });
    const { members } = await rings.ring('line');
    const { status, body } = await rings.call('GET', 'line/timeline');
    expect({ status, success: body.success }).toEqual({ status: 200, success: true });
    const past = body.resultList.filter(({ planned }: { planned: boolean }) => !planned);
    expect(past).toMatchObject([
      { version: 1, kid: members[0].kid, from: null, to: 'STAGED', at: members[0].createdAt },
      { version: 1, from: 'STAGED', to: 'NEXT', at: members[0].publishedAt },
      { version: 1, from: 'NEXT', to: 'ACTIVE', at: members[0].activatedAt, cause: 'FIRST' },
      { version: 2, from: null, to: 'STAGED' },
      { version: 2, from: 'STAGED', to: 'NEXT' },
    ]);
    const planned = body.resultList.filter((row: { planned: boolean }) => row.planned);
    const at = new Date(Date.parse(members[0].activatedAt) + 30 * 86_400_000).toISOString();
    expect(planned.slice(0, 2)).toMatchObject([
      { at, version: 1, from: 'ACTIVE', to: 'RETIRING', cause: 'REPLACED' },
      { at, version: 2, kid: members[1].kid, from: 'NEXT', to: 'ACTIVE', cause: 'INTERVAL' },
    ]);
  });

  test('says why each key was activated, also one that was active twice', async () => {
    await rings.create({ name: 'why', rotationInterval: null });
    const activate = async (version: number, more: object = {}) => {
      const { kid } = await rings.member('why', version);
      return (await rings.call('POST', 'why/activate', { kid, ...more })).status;
    };
    expect((await rings.call('POST', 'why/rotate')).status).toBe(200);
    expect(await activate(1)).toBe(200);
    expect((await rings.call('PUT', 'why/', { verifierCacheTime: 'PT1H' })).status).toBe(200);
    expect(await activate(3, { force: true, reason: 'a drill' })).toBe(200);
    const { kid } = await rings.member('why', 3);
    expect((await rings.call('POST', 'why/revoke', { kid, reason: 'SUPERSEDED' })).status).toBe(200);
    const { body } = await rings.call('GET', 'why/timeline');
    const rows = body.resultList.filter(
      ({ to, planned }: { to: string; planned: boolean }) =>
        !planned && (to === 'ACTIVE' || to === 'RETIRING'),
    );
    expect(rows).toMatchObject([
      { version: 1, from: 'NEXT', to: 'ACTIVE', cause: 'FIRST' },
      { version: 1, from: 'ACTIVE', to: 'RETIRING', cause: 'REPLACED' },
      { version: 2, from: 'NEXT', to: 'ACTIVE', cause: 'REQUESTED' },
      { version: 1, from: 'RETIRING', to: 'ACTIVE', cause: 'ROLLBACK' },
      { version: 2, from: 'ACTIVE', to: 'RETIRING', cause: 'REPLACED' },
      { version: 1, from: 'ACTIVE', to: 'RETIRING', cause: 'REPLACED' },
      { version: 3, from: 'NEXT', to: 'ACTIVE', cause: 'FORCED' },
      { version: 4, from: 'NEXT', to: 'ACTIVE', cause: 'REVOKED' },
    ]);
  });

  test('of another policy changes nothing', async () => {
    const before = await rings.ring('line');
    const { body } = await rings.call('GET', 'line/timeline?rotationInterval=P10D');
    const next = body.resultList.find(
      ({ to, planned }: { to: string; planned: boolean }) => planned && to === 'ACTIVE',
    );
    expect(Date.parse(next.at)).toBe(Date.parse(before.members[0].activatedAt) + 10 * 86_400_000);
    expect(await rings.ring('line')).toEqual(before);
    const manual = await rings.call('GET', 'line/timeline?rotationInterval=null');
    expect(manual.body.resultList.every(({ planned }: { planned: boolean }) => !planned)).toBe(true);
  });

  test('of a policy that contradicts itself is rejected', async () => {
    expect(
      refusal(await rings.call('GET', 'line/timeline?rotationInterval=PT12H&verifierCacheTime=PT24H')),
    ).toEqual([
      400,
      'rotationInterval (PT12H) is too short: a new key is known to all verifiers after PT24H! Make it longer, or verifierCacheTime shorter.',
      'POLICY_NOT_VALID',
      'rotationInterval',
    ]);
  });
});

describe('a ring of keys that nodes must hold', () => {
  test('is rejected where no node may hold them', async () => {
    await world.api('POST', '/apiops/environments/', { name: 'public', type: 'TEST' });
    await world.addNode('public', 'x1', { privateKeys: false });
    for (const body of [
      { type: 'OCT', oct: { keySize: 256 } },
      { type: 'OKP', okp: { curveType: 'X25519' } },
    ]) {
      const answer = await rings.create({
        name: 'held',
        ec: undefined,
        ...body,
        environmentNames: ['public'],
      });
      expect(refusal(answer)).toEqual([
        400,
        'Key ring (name: held) needs a node that may hold private keys, and its environments have none!',
        'POLICY_NOT_VALID',
        'environmentNames',
      ]);
    }
    expect((await rings.create({ name: 'signing', environmentNames: ['public'] })).status).toBe(200);
  });
});
