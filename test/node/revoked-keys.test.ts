import { createSecretKey, randomUUID } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadLog } from '../../src/node/disk/load-log.ts';
import { SealedLog } from '../../src/node/disk/sealed-log.ts';
import { toStoredObject } from '../../src/node/stored-object.ts';
import type { DeployedJwk, DeployedKeyRing, DeployedMembership } from '../../src/protocol/content.ts';
import { loadOrCreateKeyFile } from '../../src/sealing/key-file.ts';
import { until } from '../support/manager.ts';
import { ecJwk, publicMembers } from './support/contents.ts';
import { digestOf } from './support/fake-manager.ts';
import { runningManager, runningNode, TestLog, type TestNode, temporaryFolder } from './support/test-node.ts';

const ringId = randomUUID();

function ring(former: DeployedKeyRing['former'] = []): DeployedKeyRing {
  return {
    kind: 'key-ring',
    id: ringId,
    project: 'MyProject',
    name: 'api-signing',
    use: 'sig',
    maxTokenLifetimeMs: 3_600_000,
    clockSkewMs: 60_000,
    signingLeaseMs: 3_600_000,
    signsHistoricalKeys: true,
    former,
  };
}

const keys = new Map<number, DeployedJwk>();

/** The same key in each state; with its private part only while it is ACTIVE. */
function member(
  version: number,
  state: DeployedMembership['state'],
  { published = true, retireAt = null as number | null } = {},
): DeployedJwk {
  const whole = keys.get(version) ?? ecJwk({ name: `api-signing.${version}` });
  keys.set(version, whole);
  const jwk = state === 'ACTIVE' ? whole.jwk : publicMembers(whole);
  return { ...whole, jwk, expires: retireAt, ring: { ringId, version, state, published, retireAt } };
}

function revoked(version: number): DeployedKeyRing['former'][number] {
  const whole = member(version, 'NEXT');
  return {
    version,
    kid: String(whole.jwk.kid),
    jwk: whole.jwk,
    retiredAt: null,
    revokedAt: Date.parse('2026-12-01T10:00:00Z'),
    revokedReason: 'COMPROMISED',
  };
}

async function connected() {
  const manager = await runningManager();
  const dataDir = await temporaryFolder();
  const publishDir = await temporaryFolder();
  const node = await runningNode({ managerUrl: manager.url, dataDir, publishDir });
  return { manager, dataDir, publishDir, node, link: await manager.links.next() };
}

async function kidsOf(node: TestNode): Promise<readonly string[]> {
  const answer = await fetch(`${node.url}/projects/MyProject/.well-known/jwks.json`);
  if (answer.status === 404) return [];
  const set = (await answer.json()) as { keys: { kid: string }[] };
  return set.keys.map(({ kid }) => kid);
}

async function filedKids(publishDir: string): Promise<readonly string[]> {
  const text = await readFile(join(publishDir, 'projects', 'MyProject', '.well-known', 'jwks.json'), 'utf8');
  return (JSON.parse(text) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid);
}

/** All that is in the copy, superseded records included. */
async function copyText(dataDir: string): Promise<string> {
  const key = createSecretKey(await loadOrCreateKeyFile(join(dataDir, 'node.key'), { mayCreate: false }));
  const handle = await open(join(dataDir, 'state.log'));
  const texts: string[] = [];
  await loadLog(handle, key, {
    record(plaintext) {
      const text = plaintext.toString('utf8');
      texts.push(text);
      return 'commit' in (text.startsWith('{') ? JSON.parse(text) : {});
    },
  });
  await handle.close();
  return texts.join('\n');
}

describe('members of a key ring', () => {
  test('stand in the sets as their state says: the ACTIVE one first, unpublished ones not at all', async () => {
    const { node, link } = await connected();
    await link.reset(6, [
      ecJwk({ name: 'a-jwk' }),
      ring(),
      member(1, 'RETIRING', { retireAt: Date.now() + 3_600_000 }),
      member(2, 'ACTIVE'),
      member(3, 'NEXT'),
      member(4, 'NEXT', { published: false }),
    ]);
    const own = (version: number) => `kid-api-signing.${version}`;
    expect(await kidsOf(node)).toEqual([own(2), 'kid-a-jwk', own(1), own(3)]);
    const all = (await (await fetch(`${node.url}/.well-known/jwks.json`)).json()) as {
      keys: { kid: string }[];
    };
    expect(all.keys.map(({ kid }) => kid)).toEqual([own(2), 'kid-a-jwk', own(1), own(3)]);
    const alone = (version: number) => fetch(`${node.url}/projects/MyProject/jwks/api-signing.${version}`);
    expect([(await alone(3)).status, (await alone(4)).status]).toEqual([200, 404]);
  });

  test('leave the sets when they retire by the time of the manager, whatever the node has for a clock', async () => {
    const manager = await runningManager();
    manager.aheadMs = 3_600_000;
    const dataDir = await temporaryFolder();
    const node = await runningNode({ managerUrl: manager.url, dataDir });
    const link = await manager.links.next();
    const retireAt = Date.now() + manager.aheadMs + 5_000;
    await link.reset(3, [ring(), member(1, 'RETIRING', { retireAt }), member(2, 'ACTIVE')]);
    expect(await kidsOf(node)).toEqual(['kid-api-signing.2', 'kid-api-signing.1']);
    await until(async () => (await kidsOf(node)).length === 1, 'the RETIRING key leaves the set');
    // A node knows the time of its manager to within half of the time that a heartbeat and its answer take.
    expect(Date.now() + manager.aheadMs).toBeGreaterThanOrEqual(retireAt - 1_000);
  });
});

describe('a node that knows a key as revoked', () => {
  test('does not publish it again, whatever its manager sends, over a restart, and reports it', async () => {
    const { manager, dataDir, publishDir, node, link } = await connected();
    await link.reset(3, [ring(), member(1, 'ACTIVE'), member(2, 'NEXT')]);
    const gone = { revision: 4, gone: { kind: 'jwk', id: member(1, 'ACTIVE').id } } as const;
    const after = [ring([revoked(1)]), member(2, 'ACTIVE')];
    const puts = after.map((put, index) => ({ revision: 5 + index, put }));
    await link.change(3, [gone, ...puts], after);
    expect(await kidsOf(node)).toEqual(['kid-api-signing.2']);

    // As after a restore of an older backup that was announced.
    manager.lineage = 'lineage-2';
    await manager.stop();
    await manager.listen();
    const restored = await manager.links.next();
    await restored.reset(1_003, [ring(), member(1, 'ACTIVE'), member(2, 'NEXT')]);
    const report = { type: 'revoked-kids', keys: [{ ringId, kid: 'kid-api-signing.1' }] };
    expect(await restored.revokedKids.next()).toEqual(report);
    expect(await kidsOf(node)).toEqual(['kid-api-signing.2']);
    expect(await filedKids(publishDir)).toEqual(['kid-api-signing.2']);

    await node.close();
    const again = await runningNode({ managerUrl: manager.url, dataDir, publishDir });
    expect(await kidsOf(again)).toEqual(['kid-api-signing.2']);
    expect(await (await manager.links.next()).revokedKids.next()).toEqual(report);
  });

  test('does not publish the same key as a JWK of its own, but another key with that kid', async () => {
    const { node, link } = await connected();
    const whole = member(1, 'ACTIVE');
    await link.reset(1, [ring([revoked(1)])]);
    const { ring: _ring, ...alone } = { ...whole, id: randomUUID(), name: 'alone' };
    await link.change(1, [{ revision: 2, put: alone }], [ring([revoked(1)]), alone]);
    expect(await kidsOf(node)).toEqual([]);
    const other = ecJwk({ name: 'other' });
    const reused = { ...other, jwk: { ...other.jwk, kid: String(whole.jwk.kid) } };
    await link.change(2, [{ revision: 3, put: reused }], [ring([revoked(1)]), alone, reused]);
    expect(await kidsOf(node)).toEqual(['kid-api-signing.1']);
  });

  test('drops it in the middle of a snapshot, from what it serves and from what is on its way', async () => {
    const { node, link, publishDir } = await connected();
    const before = [ring(), member(1, 'ACTIVE'), member(2, 'NEXT')];
    await link.reset(3, before);
    const part = { reset: true, from: 0, to: 5, final: false, digest: null };
    link.send(
      part,
      before.map((put, index) => ({ revision: 3 + index, put })),
    );
    link.say({ type: 'revoked', keys: [{ ringId, kid: 'kid-api-signing.1' }] });
    await until(async () => (await kidsOf(node)).join() === 'kid-api-signing.2', 'it is unpublished');
    await until(async () => (await filedKids(publishDir)).join() === 'kid-api-signing.2', 'its file, too');
    const last = ecJwk({ name: 'last' });
    const digest = digestOf([...before, last]);
    link.send({ reset: true, from: 5, to: 6, final: true, digest }, [{ revision: 6, put: last }]);
    expect(await link.answers.next()).toMatchObject({ type: 'applied', revision: 6 });
    expect(await kidsOf(node)).toEqual(['kid-api-signing.2', 'kid-last']);
  });
});

describe('the private part of a key', () => {
  const privateOf = (version: number) => String(member(version, 'ACTIVE').jwk.d);

  test('leaves the copy soon after the key is RETIRING or REVOKED, and comes with the activation alone', async () => {
    const { node, link, dataDir } = await connected();
    await link.reset(3, [ring(), member(1, 'ACTIVE'), member(2, 'NEXT')]);
    expect(await copyText(dataDir)).toContain(privateOf(1));
    expect(await copyText(dataDir)).not.toContain(privateOf(2));
    const rotated = [ring(), member(1, 'RETIRING'), member(2, 'ACTIVE')];
    const puts = rotated.slice(1).map((put, index) => ({ revision: 4 + index, put }));
    await link.change(3, puts, rotated);
    await until(async () => !(await copyText(dataDir)).includes(privateOf(1)), 'the RETIRING one is gone');
    expect(await copyText(dataDir)).toContain(privateOf(2));
    const gone = { revision: 6, gone: { kind: 'jwk', id: member(2, 'ACTIVE').id } } as const;
    const after = [ring([revoked(2)]), member(1, 'RETIRING')];
    await link.change(5, [gone, { revision: 7, put: after[0] as DeployedKeyRing }], after);
    await until(async () => !(await copyText(dataDir)).includes(privateOf(2)), 'the REVOKED one is gone');
    expect(await kidsOf(node)).toEqual(['kid-api-signing.1']);
  });

  test('leaves the copy of a node that stopped before it deleted it, also where no manager answers', async () => {
    const dataDir = await temporaryFolder();
    const key = await loadOrCreateKeyFile(join(dataDir, 'node.key'), { mayCreate: true });
    const log = new SealedLog({ dataDir, key, log: new TestLog() });
    const steps = [
      [ring(), member(1, 'ACTIVE')],
      [member(1, 'RETIRING'), member(2, 'ACTIVE')],
    ];
    for (const [step, contents] of steps.entries()) {
      const transaction = await log.begin({ reset: step === 0, environmentId: 'environment-1' });
      for (const put of contents) await transaction.put({ revision: 1, put }, toStoredObject(put));
      const digest = digestOf(step === 0 ? contents : [ring(), ...contents]);
      await transaction.commit({ environmentName: 'production', revision: step + 1, digest });
    }
    await log.close();
    expect(await copyText(dataDir)).toContain(privateOf(1));
    const node = await runningNode({ managerUrl: 'http://127.0.0.1:1', dataDir });
    expect(await kidsOf(node)).toEqual(['kid-api-signing.2', 'kid-api-signing.1']);
    expect(await copyText(dataDir)).not.toContain(privateOf(1));
    expect(await copyText(dataDir)).toContain(privateOf(2));
  });
});
