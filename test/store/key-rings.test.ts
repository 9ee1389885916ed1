import { beforeEach, expect, test } from 'vitest';
import type { Project } from '../../src/access/access-store.ts';
import { newId } from '../../src/new-id.ts';
import type { Revocation } from '../../src/rings/ring-store.ts';
import type { Store } from '../../src/store/store.ts';
import { type TestDatabase, withDatabases } from '../support/databases.ts';
import {
  bytes,
  sampleEnvironment,
  sampleJwk,
  sampleKeyRing,
  sampleProject,
  sampleRingMember,
} from './samples.ts';

const byName = { sort: { field: 'name', descending: false }, offset: 0, limit: 10 } as const;
const at = (ms: number) => new Date(1_700_000_000_000 + ms);

withDatabases('key rings', (fresh) => {
  let database: TestDatabase;
  let store: Store;
  let project: Project;

  beforeEach(async () => {
    database = await fresh();
    store = await database.open();
    project = sampleProject();
    await store.write(({ projects }) => projects.insert(project));
  });

  const ringOf = async (id: string) => (await store.read(({ rings }) => rings.getMany([id])))[0];

  test('are read as they were written, with every member of theirs', async () => {
    const plain = sampleKeyRing(project.id, { name: 'a-ring' });
    const full = sampleKeyRing(project.id, {
      name: 'b-ring',
      description: 'Signs tokens',
      type: 'RSA',
      use: 'enc',
      parameters: { keySize: 2048, algorithm: 'RSA-OAEP-256' },
      policy: { ...plain.policy, rotationInterval: null, signingLease: null, environmentIds: ['e-1', 'e-2'] },
      formerLimits: { maxTokenLifetimeMs: 5, signingLeaseMs: null, revisions: { 'e-1': 4 }, until: at(9) },
      nextVersion: 4,
      heldBecause: 'ROLLBACK',
      rotateRequestedAt: at(1),
      requestedActivation: {
        version: 2,
        force: true,
        reason: 'because',
        actor: 'admin',
      },
      resumedAt: at(2),
      examineAt: at(3),
    });
    await store.write(async ({ rings }) => {
      await rings.insert(plain);
      await rings.insert(full);
    });
    expect(await ringOf(full.id)).toEqual(full);
    expect(await store.read(({ rings }) => rings.find(project.id, 'a-ring'))).toEqual(plain);
    expect(await store.read(({ rings }) => rings.find(project.id, 'c-ring'))).toBeUndefined();
    expect(await store.read(({ rings }) => rings.list(project.id, byName))).toEqual({
      rings: [plain, full],
      total: 2,
    });
    const searched = { ...byName, search: 'TOKENS' };
    expect(await store.read(({ rings }) => rings.list(project.id, searched))).toEqual({
      rings: [full],
      total: 1,
    });
    const changed = { ...full, heldBecause: null, formerLimits: null, examineAt: null, nextVersion: 5 };
    await store.write(({ rings }) => rings.update(changed));
    expect(await ringOf(full.id)).toEqual(changed);
  });

  test('are due from the time at which they are examined next, the longest waiting first', async () => {
    const [late, soon, now] = [at(30), at(20), at(10)].map((examineAt) =>
      sampleKeyRing(project.id, { examineAt }),
    );
    const never = sampleKeyRing(project.id);
    await store.write(async ({ rings }) => {
      for (const ring of [late, soon, now, never]) if (ring) await rings.insert(ring);
    });
    const due = async (time: Date, limit = 10) =>
      (await store.read(({ rings }) => rings.due(time, limit))).map(({ id }) => id);
    expect(await due(at(9))).toEqual([]);
    expect(await due(at(20))).toEqual([now?.id, soon?.id]);
    expect(await due(at(99), 1)).toEqual([now?.id]);
    await store.write(({ rings }) => rings.examineAll(at(15)));
    expect(await due(at(15))).toEqual([now?.id, ...[late?.id, soon?.id].sort()]);
    expect((await ringOf(never.id))?.examineAt).toBeNull();
    const found = { examineAt: at(50), state: 'BLOCKED', lateSince: at(1) } as const;
    await store.write(({ rings }) => rings.examined(now?.id ?? '', found));
    expect((await ringOf(now?.id ?? ''))?.examineAt).toEqual(at(50));
  });

  test('remember no audit record of an examination', async () => {
    const ring = sampleKeyRing(project.id);
    await store.write(({ rings }) => rings.insert(ring));
    const sequence = async () =>
      Number((await database.raw('select audit_sequence from key_rings'))[0]?.audit_sequence);
    await database.raw('insert into audit_head (id, sequence, mark) select 1, 7, mac from key_rings');
    await store.write(({ rings }) => rings.update({ ...ring, examineAt: at(5) }));
    expect([await sequence(), (await ringOf(ring.id))?.examineAt]).toEqual([0, at(5)]);
    await store.write(({ rings }) => rings.update({ ...ring, nextVersion: 2 }));
    expect(await sequence()).toBe(7);
  });

  test('have members in the order of their versions, each with what it is in its ring', async () => {
    const ring = sampleKeyRing(project.id);
    const member = sampleRingMember(ring.id, 2, {
      state: 'REVOKED',
      revisions: { 'e-1': 4 },
      joinedAt: { 'e-1': 1_000 },
      publishedAt: at(1),
      readyAt: at(2),
      activatedAt: at(3),
      retireAt: at(4),
      retiredAt: at(5),
      revokedAt: at(6),
      revokedReason: 'COMPROMISED',
      confirmedAt: at(7),
      sentRetireAt: at(4),
      pendingNodeIds: ['n-1'],
      hasSigned: true,
      erasedAt: at(8),
      generation: null,
    });
    const second = sampleJwk(project.id, { kid: 'k2', member });
    const first = sampleJwk(project.id, { kid: 'k1', member: sampleRingMember(ring.id, 1) });
    const outside = sampleJwk(project.id, { kid: 'k3' });
    await store.write(async ({ rings, jwks }) => {
      await rings.insert(ring);
      for (const jwk of [second, outside, first]) await jwks.insert(jwk);
    });
    expect(await store.read(({ rings }) => rings.members(ring.id))).toEqual([first, second]);
    const changed = { ...first, member: sampleRingMember(ring.id, 1, { state: 'NEXT', publishedAt: at(9) }) };
    await store.write(({ jwks }) => jwks.update(changed));
    expect(await store.read(({ jwks }) => jwks.getMany([first.id]))).toEqual([changed]);
    // The same row once more is no change, and no older manager's either.
    await store.write(({ jwks }) => jwks.update(changed));
    const twice = sampleJwk(project.id, { member: sampleRingMember(ring.id, 2) });
    await expect(store.write(({ jwks }) => jwks.insert(twice))).rejects.toThrow();
  });

  test('of one name are not in a project twice, and go with their project and its members', async () => {
    const ring = sampleKeyRing(project.id);
    const jwk = sampleJwk(project.id, { member: sampleRingMember(ring.id, 1) });
    await store.write(async ({ rings, jwks }) => {
      await rings.insert(ring);
      await jwks.insert(jwk);
      await rings.insertRevocation(sampleRevocation(ring.id));
    });
    const namesake = sampleKeyRing(project.id, { name: ring.name });
    await expect(store.write(({ rings }) => rings.insert(namesake))).rejects.toThrow();
    await store.write(({ projects }) => projects.delete(project.id));
    expect(await database.raw('select id from key_rings')).toEqual([]);
    expect(await database.raw('select id from jwks')).toEqual([]);
    expect(await database.raw('select id from key_ring_revocations')).toEqual([]);
  });

  test('that sign with public keys are found, the oldest first', async () => {
    const [first, oct, second, enc] = [
      sampleKeyRing(project.id),
      sampleKeyRing(project.id, { type: 'OCT' }),
      sampleKeyRing(project.id),
      sampleKeyRing(project.id, { use: 'enc' }),
    ];
    await store.write(async ({ rings }) => {
      for (const ring of [second, enc, oct, first]) await rings.insert(ring);
    });
    const found = await store.read(({ rings }) => rings.signatureRings(project.id, 3));
    const oldest = [first, second].sort((a, b) => (a.id < b.id ? -1 : 1));
    expect(found).toEqual(oldest);
    expect(await store.read(({ rings }) => rings.signatureRings(project.id, 1))).toEqual([oldest[0]]);
  });

  test('are all held after a restore, and their NEXT members count as published from then on', async () => {
    const environment = sampleEnvironment();
    const ring = sampleKeyRing(project.id, {
      rotateRequestedAt: at(1),
      requestedActivation: { version: 1, force: false, reason: null, actor: 'admin' },
    });
    const altered = sampleKeyRing(project.id, { name: 'altered' });
    const next = sampleJwk(project.id, {
      kid: 'k2',
      member: sampleRingMember(ring.id, 2, { state: 'NEXT', publishedAt: at(1), readyAt: at(2) }),
    });
    const active = sampleJwk(project.id, {
      kid: 'k1',
      member: sampleRingMember(ring.id, 1, { state: 'ACTIVE', publishedAt: at(1), readyAt: at(2) }),
    });
    await store.write(async ({ environments, desired, rings, jwks }) => {
      await environments.insert(environment);
      await desired.putStates([{ environmentId: environment.id, revision: 41, digest: bytes(32) }]);
      for (const one of [ring, altered]) await rings.insert(one);
      for (const jwk of [next, active]) await jwks.insert(jwk);
    });
    await database.raw(
      "update key_rings set policy = replace(policy, 'P90D', 'P91D') where name = 'altered'",
    );
    for (let times = 0; times < 2; times++) await store.write(({ rings }) => rings.holdAll('RESTORED'));
    const held = await ringOf(ring.id);
    expect(held).toEqual({
      ...ring,
      heldBecause: 'RESTORED',
      rotateRequestedAt: null,
      requestedActivation: null,
      examineAt: held?.examineAt,
    });
    expect(held?.examineAt).not.toBeNull();
    const members = await store.read(({ rings }) => rings.members(ring.id));
    expect(members.map(({ member }) => [member.publishedAt, member.readyAt, member.revisions])).toEqual([
      [at(1), at(2), {}],
      [null, null, { [environment.id]: 41 }],
    ]);
    expect(await store.read(({ macs }) => macs.altered(9))).toEqual([{ table: 'key_rings', id: altered.id }]);
  });

  test('keep their revocations, those that wait for a node apart', async () => {
    const ring = sampleKeyRing(project.id);
    const first = sampleRevocation(ring.id, { revokedAt: at(1) });
    const second = sampleRevocation(ring.id, {
      revokedAt: at(2),
      comment: 'stolen',
      activatedBeforeReady: true,
    });
    await store.write(async ({ rings }) => {
      await rings.insert(ring);
      for (const one of [first, second]) await rings.insertRevocation(one);
    });
    expect(await store.read(({ rings }) => rings.revocations(ring.id))).toEqual([second, first]);
    expect(await store.read(({ rings }) => rings.revokedKids(ring.id))).toEqual([
      { id: second.id, kids: second.kids },
      { id: first.id, kids: first.kids },
    ]);
    expect(await store.read(({ rings }) => rings.openRevocations(9))).toEqual([first, second]);
    const safeNode = { environmentName: 'e', nodeName: 'n', safeAfterMs: 12 };
    const done = { ...first, safe: { 'n-1': safeNode }, done: true, nodesSafeAt: at(3) };
    await store.write(({ rings }) => rings.updateRevocation(done));
    expect(await store.read(({ rings }) => rings.findRevocation(ring.id, first.id))).toEqual(done);
    expect(await store.read(({ rings }) => rings.findRevocation('another', first.id))).toBeUndefined();
    expect(await store.read(({ rings }) => rings.openRevocations(9))).toEqual([second]);
    expect(await store.read(({ rings }) => rings.openRevocationsOf(ring.id))).toEqual([second]);
    expect(await store.read(({ rings }) => rings.openRevocationsOf('another'))).toEqual([]);
  });

  test('go by the clock of the database', async () => {
    const before = Date.now() - 1;
    const now = (await store.read(({ rings }) => rings.now())).getTime();
    expect(now).toBeGreaterThanOrEqual(before);
    expect(now).toBeLessThanOrEqual(Date.now() + 1);
  });
});

function sampleRevocation(ringId: string, over: Partial<Revocation> = {}): Revocation {
  return {
    id: newId(),
    ringId,
    kids: ['k1'],
    reason: 'COMPROMISED',
    comment: null,
    revokedAt: at(0),
    activatedBeforeReady: false,
    revisions: { 'e-1': 7 },
    safe: {},
    done: false,
    nodesSafeAt: null,
    ...over,
  };
}
