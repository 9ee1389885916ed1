// Key rings with real processes and real clocks: managers and nodes are killed at random while keys rotate, one is brought
// back and one is revoked. Caching verifiers obey `max-age` and the policy of the ring, and no more.

import { afterAll, describe, expect, test } from 'vitest';
import { createPostgresDatabase, dropPostgresDatabase } from '../support/postgres-databases.ts';
import { joseVerifier } from './support/caching-verifiers.ts';
import { eventually } from './support/eventually.ts';
import { endAllProcesses } from './support/keyplane-process.ts';
import { findPyJwt, startPyJwt } from './support/pyjwt.ts';
import { type KilledWorld, type Restartable, startKilledWorld } from './support/restartable.ts';
import { activeOf, type RingDriver, ringDriver, ringsPath, stateOf } from './support/ring-driver.ts';
import { removeTemporaryFolders } from './support/temporary-folder.ts';
import { startTokenTraffic, type TokenTraffic } from './support/token-traffic.ts';

const maxAgeSeconds = 1;
const verifierCacheSeconds = 1;
const clockSkewSeconds = 1;
const settings = {
  KEYPLANE_JWKS_MAX_AGE: String(maxAgeSeconds),
  KEYPLANE_JWKS_STALE_WHILE_REVALIDATE: '0',
};
const ring = {
  name: 'signing',
  type: 'EC',
  ec: { curveType: 'P256', algorithm: 'ES256' },
  rotationInterval: null,
  maxTokenLifetime: 'PT6S',
  verifierCacheTime: `PT${verifierCacheSeconds}S`,
  clockSkew: `PT${clockSkewSeconds}S`,
};
const rotations = 10;

const pyJwt = findPyJwt();
if (pyJwt === undefined)
  console.info('PyJWT is not tried here: there is no Python that has it or can fetch it');

const databaseUrls: string[] = [];
afterAll(async () => {
  await endAllProcesses();
  for (const url of databaseUrls) await dropPostgresDatabase(url);
  await removeTemporaryFolders();
});

// A busy machine fails no verdict: a token expires when its node states it, a revocation counts from the times that the manager
// states, and the age of a set counts from its request.
describe('a ring whose managers and nodes are killed', () => {
  test.each(['SQLite', 'PostgreSQL'])(
    'over %s rotates ten times, rolls back and revokes, and nobody refuses a valid token or accepts a revoked key',
    async (database) => {
      const databaseUrl = database === 'PostgreSQL' ? await createPostgresDatabase() : undefined;
      if (databaseUrl !== undefined) databaseUrls.push(databaseUrl);
      const world = await startKilledWorld({ settings, nodeNames: ['n1', 'n2'], databaseUrl });
      const traffic = await startTraffic(world);
      const driver = ringDriver(world, ring.name);
      const chaos = startKilling(world, traffic);
      for (let count = 0; count < rotations; count += 1) await driver.rotate();
      await rollBack(driver);
      const revoked = await compromise(driver, traffic);
      await driver.rotate();
      const kills = await chaos.stop();
      await traffic.stop();

      expect(traffic.broken).toEqual([]);
      const after = await driver.get();
      expect(after.members.find(({ kid }) => kid === revoked)?.state).toBe('REVOKED');
      expect(stateOf(after, 'ACTIVE')).toHaveLength(1);
      expect(traffic.kids.size).toBeGreaterThan(rotations);
      expect(kills.size).toBe(world.managers.length + world.nodes.length);
      for (const name of [
        'node',
        'jose',
        'jose that asks again',
        ...(pyJwt === undefined ? [] : ['PyJWT']),
      ]) {
        expect(traffic.accepted.get(name), name).toBeGreaterThan(rotations);
        expect(traffic.refusedAfterRevocation.get(name), name).toBeGreaterThan(0);
      }
    },
    600_000,
  );
});

async function startTraffic(world: KilledWorld): Promise<TokenTraffic> {
  const created = await world.ask('POST', ringsPath, ring);
  expect(created.body).toMatchObject({ success: true, deploymentResult: { success: true } });
  const granted = await world.ask('POST', '/apiops/projects/MyProject/applications/', {
    name: 'issuer',
    grants: [{ keyRingName: ring.name, operations: ['SIGN', 'VERIFY'] }],
  });
  expect(granted.body).toMatchObject({ success: true, deploymentResult: { success: true } });
  const urls = world.nodes.map(({ url }) => `${url}/projects/MyProject/.well-known/jwks.json`);
  const cacheSeconds = maxAgeSeconds + verifierCacheSeconds;
  const common = { cacheSeconds, clockSkewSeconds };
  const verifiers = [
    joseVerifier({ ...common, name: 'jose', urls, cooldownSeconds: 3_600 }),
    joseVerifier({ ...common, name: 'jose', urls: urls.toReversed(), cooldownSeconds: 3_600 }),
    joseVerifier({ ...common, name: 'jose that asks again', urls, cooldownSeconds: 30 }),
  ];
  if (pyJwt !== undefined) {
    verifiers.push(
      startPyJwt({ packages: pyJwt, urls, lifespanSeconds: cacheSeconds, leewaySeconds: clockSkewSeconds }),
    );
  }
  return startTokenTraffic({
    nodes: world.nodes,
    ringPath: `/projects/MyProject/key-rings/${ring.name}`,
    applicationToken: granted.body.token,
    verifiers,
    lifetimes: ['PT2S', 'PT4S', ring.maxTokenLifetime],
    // Often enough to meet every state of the ring; more would take the processors from what is started again.
    roundPauseMs: 80,
  });
}

/** The key before the present one signs again; then the ring goes on. Where it retired before the request arrived, the next one does. */
async function rollBack(driver: RingDriver): Promise<void> {
  for (;;) {
    const before = await driver.get();
    const former = stateOf(before, 'RETIRING').at(-1)?.kid;
    if (former !== undefined && (await driver.tries('activate', { kid: former }))) {
      const after = await driver.becomes(
        (seen) => activeOf(seen)?.kid === former,
        'the former key is ACTIVE',
      );
      expect(after).toMatchObject({ state: 'HELD', heldBecause: 'ROLLBACK' });
      await driver.post('resume');
      return;
    }
    await driver.rotate();
  }
}

/** With a successor that verifiers know, so that only the tokens of the stolen key are lost. @returns its kid */
async function compromise(driver: RingDriver, traffic: TokenTraffic): Promise<string> {
  await driver.ready();
  const kid = activeOf(await driver.get())?.kid ?? '';
  traffic.revoking(kid);
  const answer = await driver.post('revoke', { kid, reason: 'COMPROMISED' });
  expect(answer.body).not.toHaveProperty('activatedBeforeReady');
  const path = `revocations/${answer.body.revocationId}/`;
  let moments: { nodes: number; verifiers: number } | undefined;
  await eventually(async () => {
    const { nodesSafeAt, verifiersSafeAt } = await driver.read(path);
    if (nodesSafeAt !== null)
      moments = { nodes: Date.parse(nodesSafeAt), verifiers: Date.parse(verifiersSafeAt) };
    return moments !== undefined;
  }, 'every node is safe');
  if (moments === undefined) throw new Error('no moments');
  traffic.revoked(kid, moments);
  const seen = traffic.refusedAfterRevocation;
  const looks = () => ['node', 'jose', 'jose that asks again'].every((name) => (seen.get(name) ?? 0) > 3);
  await eventually(looks, 'the revoked key is refused after its moments');
  return kid;
}

/** One at a time, each once before any is killed again: killed, started again, back in its place, and some tokens later the next one. */
function startKilling({ managers, nodes, connected }: KilledWorld, traffic: TokenTraffic) {
  const victims: readonly Restartable[] = [...managers, ...nodes];
  const kills = new Map<string, number>();
  let isStopped = false;
  const next = () => {
    const fewest = Math.min(...victims.map(({ name }) => kills.get(name) ?? 0));
    const spared = victims.filter(({ name }) => (kills.get(name) ?? 0) > fewest);
    const candidates = victims.filter((one) => !spared.includes(one));
    return candidates[Math.floor(Math.random() * candidates.length)];
  };
  const isOver = () => isStopped && victims.every(({ name }) => kills.has(name));
  const run = async () => {
    while (!isOver()) {
      const until = traffic.signed + 2 + Math.floor(Math.random() * 20);
      await eventually(() => isStopped || traffic.signed >= until, 'tokens are signed');
      const victim = next();
      if (isOver() || victim === undefined) return;
      await victim.kill();
      kills.set(victim.name, (kills.get(victim.name) ?? 0) + 1);
      await victim.start();
      for (const { name } of nodes) await connected(name);
    }
  };
  const running = run();
  return {
    /** Once each was killed. */
    async stop(): Promise<ReadonlyMap<string, number>> {
      isStopped = true;
      await running;
      return kills;
    },
  };
}
