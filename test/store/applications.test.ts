import { beforeEach, expect, test } from 'vitest';
import type { Project } from '../../src/access/access-store.ts';
import type { KeyUsage } from '../../src/applications/application-store.ts';
import { kubernetesApplication } from '../../src/protocol/content.ts';
import type { Store } from '../../src/store/store.ts';
import { type TestDatabase, withDatabases } from '../support/databases.ts';
import { sampleApplication, sampleJwk, sampleKeyRing, sampleProject } from './samples.ts';

const byName = { sort: { field: 'name', descending: false }, offset: 0, limit: 10 } as const;
const at = (ms: number) => new Date(1_700_000_000_000 + ms);

withDatabases('applications', (fresh) => {
  let database: TestDatabase;
  let store: Store;
  let project: Project;

  beforeEach(async () => {
    database = await fresh();
    store = await database.open();
    project = sampleProject();
    await store.write(({ projects }) => projects.insert(project));
  });

  test('are read as they were written, with every member of theirs', async () => {
    const plain = sampleApplication(project.id, { name: 'a' });
    const full = sampleApplication(project.id, {
      name: 'b',
      description: 'Issues tokens',
      expiresAt: at(1),
      credentials: [
        {
          type: 'TOKEN',
          name: 'ci',
          expiresAt: at(3),
          tokens: [
            { hash: '11', validUntil: null },
            { hash: '22', validUntil: at(2) },
          ],
        },
        { type: 'MTLS', uriSan: 'spiffe://a/b', spkiSha256: null },
        {
          type: 'JWT',
          issuer: 'i',
          audience: 'a',
          subject: 's:*',
          claims: { team: ['x'] },
          singleUse: true,
          jwksUri: null,
          jwkId: 'j-2',
        },
      ],
      grants: [
        {
          keyRingId: 'r-1',
          jwkId: null,
          operations: ['SIGN', 'VERIFY'],
          rate: { perSecond: 0.5, burst: 2 },
        },
        { keyRingId: null, jwkId: 'j-1', operations: ['VERIFY'] },
        { keyRingId: null, jwkId: null, tokenProfileId: 't-1', operations: ['ISSUE'] },
      ],
    });
    await store.write(async ({ applications }) => {
      for (const one of [plain, full]) await applications.insert(one);
    });
    expect(await store.read(({ applications }) => applications.find(project.id, 'b'))).toEqual(full);
    expect(await store.read(({ applications }) => applications.getMany([full.id, 'x', plain.id]))).toEqual([
      full,
      plain,
    ]);
    expect(await store.read(({ applications }) => applications.list(project.id, byName))).toEqual({
      applications: [plain, full],
      total: 2,
    });
    const ids = await store.read(({ applications }) => applications.idsOfProject(project.id, '', 9));
    expect(ids).toEqual([plain.id, full.id].sort());
    const changed = { ...full, credentials: [], expiresAt: null };
    await store.write(({ applications }) => applications.update(changed));
    expect(await store.read(({ applications }) => applications.find(project.id, 'b'))).toEqual(changed);
    await store.write(({ applications }) => applications.delete(full.id));
    expect(await store.read(({ applications }) => applications.find(project.id, 'b'))).toBeUndefined();
  });

  test('with one TOKEN credential that is default and never ends are read by managers without credentials', async () => {
    const plain = sampleApplication(project.id, { name: 'plain' });
    const tokens = [{ hash: '11', validUntil: null }];
    const named = sampleApplication(project.id, {
      name: 'named',
      credentials: [{ type: 'TOKEN', name: 'ci', expiresAt: null, tokens }],
    });
    const ending = sampleApplication(project.id, {
      name: 'ending',
      credentials: [{ type: 'TOKEN', name: 'default', expiresAt: at(3), tokens }],
    });
    await store.write(async ({ applications }) => {
      for (const one of [plain, named, ending]) await applications.insert(one);
    });
    const rows = await database.raw('select name, tokens, credentials from applications order by name');
    const [credential] = plain.credentials;
    expect(rows).toEqual([
      { name: 'ending', tokens: '[]', credentials: expect.any(String) },
      { name: 'named', tokens: '[]', credentials: expect.any(String) },
      {
        name: 'plain',
        tokens: JSON.stringify(credential?.type === 'TOKEN' && credential.tokens),
        credentials: null,
      },
    ]);
    const { applications } = await store.read((stores) => stores.applications.list(project.id, byName));
    expect(applications).toEqual([ending, named, plain]);
  });

  test('are found by the ring or the JWK of a grant', async () => {
    const ring = sampleKeyRing(project.id);
    const jwk = sampleJwk(project.id);
    const ofRing = sampleApplication(project.id, {
      grants: [{ keyRingId: ring.id, jwkId: null, operations: ['SIGN'] }],
    });
    const ofJwk = sampleApplication(project.id, {
      grants: [{ keyRingId: null, jwkId: jwk.id, operations: ['SIGN'] }],
    });
    await store.write(async ({ rings, jwks, applications }) => {
      await rings.insert(ring);
      await jwks.insert(jwk);
      for (const one of [ofRing, ofJwk]) await applications.insert(one);
    });
    expect(await store.read(({ applications }) => applications.grantedFor(project.id, ring.id))).toEqual([
      ofRing,
    ]);
    expect(await store.read(({ applications }) => applications.grantedFor(project.id, jwk.id))).toEqual([
      ofJwk,
    ]);
    expect(await store.read(({ applications }) => applications.grantedFor(project.id, 'nothing'))).toEqual(
      [],
    );
  });

  test('have their use of keys added up, and a key keeps its last use without them', async () => {
    const application = sampleApplication(project.id);
    const [jwk, other] = [sampleJwk(project.id), sampleJwk(project.id, { kid: 'k2' })];
    await store.write(async ({ jwks, applications }) => {
      for (const one of [jwk, other]) await jwks.insert(one);
      await applications.insert(application);
    });
    const use: KeyUsage = {
      applicationId: application.id,
      jwkId: jwk.id,
      operation: 'SIGN',
      outcome: 'SUCCEEDED',
      count: 3,
      lastUsedAt: at(20),
    };
    const refused = { ...use, outcome: 'REFUSED', lastUsedAt: at(90) };
    await store.write(({ applications }) =>
      applications.addUsage([
        use,
        { ...use, count: 1, lastUsedAt: at(10) },
        refused,
        { ...use, applicationId: 'unknown' },
        { ...use, jwkId: 'unknown' },
      ]),
    );
    await store.write(({ applications }) =>
      applications.addUsage([{ ...use, count: 5, lastUsedAt: at(30) }]),
    );
    await store.write(({ applications }) => applications.addUsage([{ ...use, count: 1, lastUsedAt: at(5) }]));
    const counted = { ...use, count: 10, lastUsedAt: at(30) };
    expect(await store.read(({ applications }) => applications.usageOf(application.id))).toEqual([
      refused,
      counted,
    ]);
    const byDay = { fromDay: 0, toDay: 1_000_000 };
    const listed = (filter: object) =>
      store.read(({ applications }) =>
        applications.listUsage(project.id, filter, {
          sort: { field: 'count', descending: true },
          offset: 0,
          limit: 9,
        }),
      );
    const lastUsed = () => store.read(({ applications }) => applications.lastUsed([jwk.id, other.id]));
    expect(await lastUsed()).toEqual(new Map([[jwk.id, at(30)]]));
    const lastUsedBy = (id: string) => store.read(({ applications }) => applications.lastUsedBy([id]));
    expect(await lastUsedBy(application.id)).toEqual(new Map([[application.id, at(30)]]));
    // No application of a project stands for the signer of Kubernetes, and what it used was used.
    const bySigner = { ...use, applicationId: kubernetesApplication, jwkId: other.id };
    await store.write(({ applications }) => applications.addUsage([bySigner]));
    expect(await store.read(({ applications }) => applications.usageOf(kubernetesApplication))).toEqual([
      bySigner,
    ]);
    expect((await lastUsed()).get(other.id)).toEqual(at(20));
    await store.write(({ jwks }) => jwks.delete(other.id));
    await store.write(({ applications }) => applications.delete(application.id));
    expect(await store.read(({ applications }) => applications.usageOf(application.id))).toEqual([]);
    expect(await lastUsed()).toEqual(new Map([[jwk.id, at(30)]]));
    const second = sampleApplication(project.id);
    await store.write(async ({ applications }) => {
      await applications.insert(second);
      await applications.addUsage([{ ...use, applicationId: second.id, count: 2, lastUsedAt: at(40) }]);
    });
    await store.write(({ applications }) => applications.delete(second.id));
    expect((await listed(byDay)).usage).toEqual([
      { ...counted, applicationId: '', count: 12, lastUsedAt: at(40) },
      { ...refused, applicationId: '' },
    ]);
    const prune = () => store.write(({ applications }) => applications.pruneUsageDays(new Date(), 1));
    expect([await prune(), await prune(), await prune()]).toEqual([1, 1, 0]);
    await store.write(({ jwks }) => jwks.delete(jwk.id));
    expect(await lastUsed()).toEqual(new Map());
  });
});
