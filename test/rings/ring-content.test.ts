// What nodes get of rings: the desired rows of the real store, read as a node is sent them.

import { createSecretKey, generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import type { Project } from '../../src/access/access-store.ts';
import { createApplicationContentReader } from '../../src/applications/application-content.ts';
import type { ContentReader } from '../../src/deployments/content-reader.ts';
import { readStatePage, type StatePage } from '../../src/deployments/state-page.ts';
import { syncEnvironment } from '../../src/deployments/sync-environment.ts';
import type { Environment } from '../../src/environments/environment-store.ts';
import type { PrivateJwk } from '../../src/jose/jwk.ts';
import { createJwkContentReader, storedJwkContent } from '../../src/jwks/jwk-content.ts';
import type { MemberState, RingMember } from '../../src/jwks/ring-member.ts';
import { sealMembers } from '../../src/jwks/sealed-members.ts';
import type { Change, DeployedContent } from '../../src/protocol/content.ts';
import { contentDigest } from '../../src/protocol/state-digest.ts';
import type { KeyRing } from '../../src/rings/ring.ts';
import {
  createRingContentReader,
  putDesiredRing,
  putDesiredSigner,
  withdrawRing,
} from '../../src/rings/ring-content.ts';
import type { MemberJwk } from '../../src/rings/ring-store.ts';
import { createSealer } from '../../src/sealing/sealer.ts';
import type { Store, Stores } from '../../src/store/store.ts';
import {
  sampleApplication,
  sampleEnvironment,
  sampleJwk,
  sampleKeyRing,
  sampleProject,
  sampleRingMember,
} from '../store/samples.ts';
import { withDatabases } from '../support/databases.ts';

const keyId = randomUUID();
const sealer = createSealer([{ id: keyId, key: randomBytes(32) }], keyId);
const at = (ms: number) => new Date(1_700_000_000_000 + ms);
const unreadable: unknown[] = [];
const onUnreadable = (object: unknown) => unreadable.push(object);
const readers: readonly ContentReader<Stores>[] = [
  createJwkContentReader(sealer, onUnreadable),
  createRingContentReader(onUnreadable),
  createApplicationContentReader(onUnreadable),
];

function ecJwk(kid: string, use: 'sig' | 'enc' = 'sig'): PrivateJwk {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const alg = use === 'sig' ? 'ES256' : 'ECDH-ES';
  return { ...privateKey.export({ format: 'jwk' }), kid, use, alg } as unknown as PrivateJwk;
}

function octJwk(kid: string): PrivateJwk {
  const jwk = createSecretKey(randomBytes(32)).export({ format: 'jwk' });
  return { ...jwk, kid, use: 'sig', alg: 'HS256' } as unknown as PrivateJwk;
}

function memberJwk(
  ring: KeyRing,
  version: number,
  state: MemberState,
  { over = {}, jwk }: { over?: Partial<RingMember>; jwk?: PrivateJwk } = {},
): MemberJwk {
  const made = jwk ?? ecJwk(`k${version}`, ring.use);
  const stored = sampleJwk(ring.projectId, {
    name: `${ring.name}.${version}`,
    kid: made.kid ?? '',
    use: ring.use,
    type: ring.type,
    algorithm: made.alg ?? null,
  });
  const member = sampleRingMember(ring.id, version, { state, ...over });
  return { ...stored, ...sealMembers(sealer, stored.id, made), member };
}

withDatabases('what nodes get of a key ring', (fresh) => {
  let store: Store;
  let project: Project;
  let gate: Environment;
  let edge: Environment;
  let ring: KeyRing;

  beforeEach(async () => {
    unreadable.length = 0;
    store = await (await fresh()).open();
    project = sampleProject({ name: 'MyProject' });
    [gate, edge] = [sampleEnvironment({ name: 'gate' }), sampleEnvironment({ name: 'edge' })];
    ring = sampleKeyRing(project.id, { name: 'api-signing' });
    await store.write(async ({ projects, environments, rings, installation }) => {
      await installation.put('lineage', 'l-1');
      await projects.insert(project);
      for (const environment of [gate, edge]) await environments.insert(environment);
      await rings.insert(ring);
    });
  });

  const insert = (...members: readonly MemberJwk[]) =>
    store.write(async ({ jwks }) => {
      for (const member of members) await jwks.insert(member);
    });
  const put = (of: KeyRing = ring) =>
    store.write(async (stores) =>
      putDesiredRing(stores, {
        ring: of,
        members: await stores.rings.members(of.id),
        projectName: project.name,
        sealer,
      }),
    );
  const change = async (jwk: MemberJwk, member: Partial<RingMember>): Promise<MemberJwk> => {
    const changed = { ...jwk, member: { ...jwk.member, ...member } };
    await store.write(({ jwks }) => jwks.update(changed));
    return changed;
  };
  const changesIn = async (environment: Environment, after = 0): Promise<readonly Change[]> => {
    const position = { environmentId: environment.id, after, tombstonesAbove: 0 };
    const page = (await store.read((stores) => readStatePage<Stores>(stores, readers, position))) as
      | StatePage
      | undefined;
    expect(page?.leftOut ?? new Map()).toEqual(new Map());
    return JSON.parse(page?.changes ?? '[]');
  };
  const heldIn = async (environment: Environment) => {
    const changes = await changesIn(environment);
    return changes.flatMap((one): readonly DeployedContent[] => ('put' in one ? [one.put] : []));
  };
  const ringIn = async (environment: Environment, id = ring.id) =>
    (await heldIn(environment)).find((content) => content.kind === 'key-ring' && content.id === id);
  const kidsIn = async (environment: Environment) =>
    (await heldIn(environment)).flatMap((one) => (one.kind === 'jwk' ? [one.jwk.kid] : []));

  test('is its policy, and its members as their states ask', async () => {
    await insert(
      memberJwk(ring, 1, 'REVOKED', {
        over: { retiredAt: at(1), revokedAt: at(2), revokedReason: 'COMPROMISED' },
      }),
      memberJwk(ring, 2, 'RETIRED', { over: { retiredAt: at(3) } }),
      memberJwk(ring, 3, 'RETIRING', { over: { retireAt: at(4) } }),
      memberJwk(ring, 4, 'RETIRING'),
      memberJwk(ring, 5, 'ACTIVE'),
      memberJwk(ring, 6, 'NEXT'),
      memberJwk(ring, 7, 'STAGED'),
    );
    await put();
    const held = await heldIn(gate);
    expect(held.map((one) => (one.kind === 'jwk' ? one.jwk.kid : one.kind))).toEqual([
      'key-ring',
      'k5',
      'k3',
      'k4',
      'k6',
      'k7',
    ]);
    expect(held[0]).toEqual({
      kind: 'key-ring',
      id: ring.id,
      project: 'MyProject',
      name: 'api-signing',
      use: 'sig',
      maxTokenLifetimeMs: 3_600_000,
      clockSkewMs: 60_000,
      signingLeaseMs: 7 * 86_400_000,
      signsHistoricalKeys: true,
      former: [
        {
          version: 1,
          kid: 'k1',
          jwk: expect.not.objectContaining({ d: expect.anything() }),
          retiredAt: null,
          revokedAt: at(2).getTime(),
          revokedReason: 'COMPROMISED',
        },
        {
          version: 2,
          kid: 'k2',
          jwk: expect.objectContaining({ kty: 'EC', kid: 'k2' }),
          retiredAt: at(3).getTime(),
          revokedAt: null,
          revokedReason: null,
        },
      ],
    });
    const jwks = held.flatMap((one) => (one.kind === 'jwk' ? [one] : []));
    expect(
      jwks.map(({ jwk, expires, ring: of }) => [of?.version, 'd' in jwk, expires, of?.published]),
    ).toEqual([
      [5, true, null, true],
      [3, false, at(4).getTime(), true],
      [4, false, null, true],
      [6, false, null, true],
      [7, false, null, true],
    ]);
    expect(jwks.map((one) => [one.ring?.state, one.ring?.retireAt])).toEqual([
      ['ACTIVE', null],
      ['RETIRING', at(4).getTime()],
      ['RETIRING', null],
      ['NEXT', null],
      ['STAGED', null],
    ]);
  });

  test('of ENCRYPTION has its private parts and publishes the ACTIVE member alone', async () => {
    const encryption = sampleKeyRing(project.id, { use: 'enc' });
    const states = ['STAGED', 'NEXT', 'ACTIVE', 'RETIRING'] as const;
    const contents = states.map((state, index) =>
      storedJwkContent(memberJwk(encryption, index + 1, state, { over: { retireAt: at(1) } }), 'p', sealer),
    );
    expect(contents.map((one) => [one && 'd' in one.jwk, one?.ring?.published, one?.expires])).toEqual([
      [true, false, null],
      [true, false, null],
      [true, true, null],
      [true, false, null],
    ]);
  });

  test('of OCT keys is never published, and its former members have no key', async () => {
    ring = sampleKeyRing(project.id, { type: 'OCT' });
    await store.write(({ rings }) => rings.insert(ring));
    await insert(
      memberJwk(ring, 1, 'RETIRED', { jwk: octJwk('k1'), over: { retiredAt: at(1) } }),
      memberJwk(ring, 2, 'ACTIVE', { jwk: octJwk('k2') }),
    );
    await put();
    const held = await heldIn(gate);
    expect(held).toMatchObject([
      { kind: 'key-ring', signsHistoricalKeys: false, former: [{ kid: 'k1', jwk: null }] },
      { kind: 'jwk', jwk: { k: expect.any(String) }, ring: { published: false } },
    ]);
  });

  test('names all revoked members and the latest hundred that retired', async () => {
    const members = Array.from({ length: 103 }, (_, index) =>
      memberJwk(ring, index + 1, index === 0 ? 'REVOKED' : 'RETIRED', { over: { retiredAt: at(index) } }),
    );
    await insert(...members);
    await put();
    const content = await ringIn(gate);
    const versions = content?.kind === 'key-ring' ? content.former.map(({ version }) => version) : [];
    expect([versions.length, versions[0], versions[1]]).toEqual([101, 1, 4]);
  });

  test('gets a revision for what changed and for nothing else', async () => {
    const first = memberJwk(ring, 1, 'ACTIVE');
    const next = memberJwk(ring, 2, 'NEXT');
    await insert(first, next);
    const before = await put();
    expect(before.map(({ environmentId }) => environmentId).sort()).toEqual([gate.id, edge.id].sort());
    expect(before.map(({ revision }) => revision)).toEqual([3, 3]);
    expect(await put()).toEqual(before);
    await change(first, { state: 'RETIRING' });
    await change(next, { state: 'ACTIVE' });
    const after = await put();
    expect(after.map(({ revision }) => revision)).toEqual([5, 5]);
    // Wherever a delta is cut, there is one to sign with.
    expect(await changesIn(gate, 3)).toMatchObject([
      { revision: 4, put: { id: next.id, ring: { state: 'ACTIVE' } } },
      { revision: 5, put: { id: first.id, ring: { state: 'RETIRING' } } },
    ]);
    await change(first, { state: 'RETIRED', retiredAt: at(1) });
    await put();
    expect(await changesIn(gate, 5)).toMatchObject([
      { put: { kind: 'key-ring', former: [{ kid: 'k1' }] } },
      { gone: { kind: 'jwk', id: first.id } },
    ]);
  });

  test('is in the environments of its policy alone, and leaves those that it loses', async () => {
    await insert(memberJwk(ring, 1, 'ACTIVE'));
    await put();
    const narrowed = { ...ring, policy: { ...ring.policy, environmentIds: [edge.id] } };
    await store.write(({ rings }) => rings.update(narrowed));
    const targets = await put(narrowed);
    expect(targets.map(({ environmentId }) => environmentId).sort()).toEqual([gate.id, edge.id].sort());
    expect([await kidsIn(gate), await ringIn(gate)]).toEqual([[], undefined]);
    expect(await kidsIn(edge)).toEqual(['k1']);
  });

  test('is withdrawn as a whole', async () => {
    const members = [memberJwk(ring, 1, 'ACTIVE'), memberJwk(ring, 2, 'NEXT')];
    await insert(...members);
    await put();
    await store.write(async (stores) => {
      for (const { id } of members) await stores.jwks.delete(id);
      await stores.rings.delete(ring.id);
      await withdrawRing(stores, { ring, members, projectName: project.name });
    });
    expect([await heldIn(gate), await heldIn(edge)]).toEqual([[], []]);
  });

  test('reaches an environment that its project gains, whose nodes have to confirm it, too', async () => {
    const elsewhere = sampleKeyRing(project.id, {
      policy: { ...ring.policy, environmentIds: [gate.id] },
    });
    const [staged, retired] = [
      memberJwk(ring, 2, 'STAGED'),
      memberJwk(ring, 1, 'RETIRED', { over: { retiredAt: at(1) } }),
    ];
    const application = sampleApplication(project.id);
    await store.write(async ({ rings, applications }) => {
      await rings.insert(elsewhere);
      await applications.insert(application);
    });
    await insert(staged, retired, memberJwk(elsewhere, 1, 'ACTIVE', { jwk: ecJwk('k9') }));
    await put();
    await put(elsewhere);
    const later = sampleEnvironment({ name: 'later' });
    const sync = (reach: { gained?: string[]; lost?: string[] }) =>
      store.write((stores) =>
        syncEnvironment(stores, readers, { environmentId: later.id, gained: [], lost: [], ...reach }),
      );
    await store.write(({ environments }) => environments.insert(later));
    const joinsAt = await store.read(({ rings }) => rings.now());
    await sync({ gained: [project.id] });
    expect(unreadable).toEqual([]);
    const held = await heldIn(later);
    expect(held.map((one) => (one.kind === 'jwk' ? one.jwk.kid : one.kind)).sort()).toEqual([
      'application',
      'k2',
      'key-ring',
    ]);
    const { revision } = await store.read(({ desired }) => desired.state(later.id));
    const members = await store.read(({ rings }) => rings.members(ring.id));
    expect(members.map(({ member }) => member.revisions)).toEqual([{}, { [later.id]: revision }]);
    expect(members[0]?.member.joinedAt).toEqual({});
    expect(members[1]?.member.joinedAt[later.id]).toBeGreaterThanOrEqual(joinsAt.getTime());
    await sync({ lost: [project.id] });
    expect(await heldIn(later)).toEqual([]);
  });

  test('signs the historical keys of a project where it is its only one that can, or is chosen', async () => {
    const signs = async () => {
      const held = (await heldIn(gate)).flatMap((one) => (one.kind === 'key-ring' ? [one] : []));
      return held.filter((one) => one.signsHistoricalKeys).map(({ id }) => id);
    };
    await put();
    expect(await signs()).toEqual([ring.id]);
    const second = sampleKeyRing(project.id, { name: 'second' });
    await store.write(({ rings }) => rings.insert(second));
    await put(second);
    expect(await signs()).toEqual([]);
    const chosen = { ...project, historicalKeyRingName: 'second' };
    await store.write(async (stores) => {
      await stores.projects.update(chosen);
      await putDesiredSigner(stores, chosen, null);
    });
    expect(await signs()).toEqual([second.id]);
    await store.write(async (stores) => {
      await stores.rings.delete(second.id);
      await withdrawRing(stores, { ring: second, members: [], projectName: project.name });
    });
    expect(await signs()).toEqual([ring.id]);
    expect((await store.read(({ projects }) => projects.get(project.id)))?.historicalKeyRingName).toBeNull();
    const missing = { ...project, historicalKeyRingName: 'none' };
    await expect(store.write((stores) => putDesiredSigner(stores, missing, null))).rejects.toMatchObject({
      message: 'Key ring (name: none) is not found!',
      member: 'historicalKeyRingName',
    });
  });

  test('of OCT keys or for ENCRYPTION signs no historical keys', async () => {
    const others = [sampleKeyRing(project.id, { type: 'OCT' }), sampleKeyRing(project.id, { use: 'enc' })];
    for (const other of others) {
      await store.write(({ rings }) => rings.insert(other));
      await put(other);
      const chosen = { ...project, historicalKeyRingName: other.name };
      await expect(store.write((stores) => putDesiredSigner(stores, chosen, null))).rejects.toMatchObject({
        message: `Key ring (name: ${other.name}) can not sign historical keys: it has no public keys for SIGNATURE!`,
      });
    }
  });

  test('does not leave the manager once its row was altered', async () => {
    await insert(memberJwk(ring, 1, 'ACTIVE'));
    await put();
    const content = await ringIn(gate);
    if (content === undefined) throw new Error('the ring is there');
    const altered = { ...ring, altered: true };
    await expect(put(altered)).rejects.toMatchObject({ reason: 'ALTERED_IN_DATABASE' });
    expect(contentDigest(content)).toBeInstanceOf(Buffer);
  });
});
