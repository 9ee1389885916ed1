import { beforeEach, expect, test } from 'vitest';
import type { Environment } from '../../src/environments/environment-store.ts';
import { revocationAgain } from '../../src/rings/revoke-again.ts';
import type { KeyRing } from '../../src/rings/ring.ts';
import type { Store } from '../../src/store/store.ts';
import {
  sampleEnvironment,
  sampleJwk,
  sampleKeyRing,
  sampleProject,
  sampleRingMember,
} from '../store/samples.ts';
import { withDatabases } from '../support/databases.ts';

withDatabases('of a key that a node knows as revoked', (fresh) => {
  let store: Store;
  let [gate, staging, restricted]: Environment[] = [];
  let revoked: string[];

  beforeEach(async () => {
    store = await (await fresh()).open();
    revoked = [];
    gate = sampleEnvironment();
    staging = sampleEnvironment();
    restricted = sampleEnvironment({ projectIds: [] });
    await store.write(async ({ environments }) => {
      for (const one of [gate, staging, restricted]) if (one) await environments.insert(one);
    });
  });

  async function ringIn(environmentIds: readonly string[] | null): Promise<KeyRing> {
    const project = sampleProject();
    const draft = sampleKeyRing(project.id);
    const ring = { ...draft, policy: { ...draft.policy, environmentIds } };
    await store.write(async ({ projects, rings, jwks }) => {
      await projects.insert(project);
      await rings.insert(ring);
      const member = sampleRingMember(ring.id, 1, { state: 'ACTIVE' });
      await jwks.insert({ ...sampleJwk(project.id, { kid: 'first' }), member });
    });
    return ring;
  }

  const report = (environment: Environment | undefined, { id }: KeyRing) =>
    revocationAgain({
      store,
      revoke: async (_scope, ringName) => {
        revoked.push(ringName);
        return undefined as never;
      },
    })({
      environment: environment ?? sampleEnvironment(),
      node: 'n1',
      keys: [{ ringId: id, kid: 'first' }],
    });

  test('the report of a node counts for key rings of its environment', async () => {
    const [everywhere, there] = [await ringIn(null), await ringIn([gate?.id ?? ''])];
    for (const ring of [everywhere, there]) expect(await report(gate, ring)).toHaveLength(1);
    expect(revoked).toEqual([everywhere.name, there.name]);
  });

  test('the report of a node of another environment counts for nothing', async () => {
    const [everywhere, there] = [await ringIn(null), await ringIn([gate?.id ?? ''])];
    expect(await report(staging, there)).toEqual([]);
    // The project of the key ring does not reach it.
    expect(await report(restricted, everywhere)).toEqual([]);
    expect(revoked).toEqual([]);
  });
});
