import { randomBytes, randomUUID } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { createAuditLog } from '../../src/audit/create-audit-log.ts';
import { readCertificates } from '../../src/jose/certificate.ts';
import { type CreateJwk, jwkCreation } from '../../src/jwks/create-jwk.ts';
import { createSourceContexts } from '../../src/jwks/source-context.ts';
import type { KeystoreOpener } from '../../src/keystore-worker/keystore-opener.ts';
import { createSealer } from '../../src/sealing/sealer.ts';
import { createSafeFetch, parseAllowList } from '../../src/sources/safe-fetch/safe-fetch.ts';
import { createUrlFetches } from '../../src/sources/url-fetches.ts';
import type { Store } from '../../src/store/store.ts';
import { pemFixture } from '../api/support/sample-keys.ts';
import { sampleCertificate, sampleEnvironment, sampleProject } from '../store/samples.ts';
import { withDatabases } from '../support/databases.ts';

withDatabases('a certificate that is deleted while a JWK is made from it', (fresh) => {
  const environment = sampleEnvironment({ name: 'production' });
  const project = sampleProject({ name: 'MyProject' });
  let store: Store;
  let createJwk: CreateJwk;
  /** What happens once the certificate was read and before the JWK is stored. */
  let meanwhile: (certificateId: string) => Promise<void>;

  beforeEach(async () => {
    store = await (await fresh()).open();
    const [sample] = sampleCertificate(project.id, [environment.id]).environments;
    if (!sample) throw new Error('the certificate has an environment');
    const chain = readCertificates(pemFixture('leaf.pem')).map(({ der }) => der);
    await store.write(async (stores) => {
      await stores.environments.insert(environment);
      await stores.projects.insert(project);
      const environments = [{ ...sample, chain }];
      await stores.certificates.insert({
        ...sampleCertificate(project.id, [], { name: 'leaf' }),
        environments,
      });
    });
    const id = randomUUID();
    const sealer = createSealer([{ id, key: randomBytes(32) }], id);
    const clock = () => new Date();
    const unused = undefined as unknown;
    const urlFetches = createUrlFetches({ safeFetch: createSafeFetch({ allow: parseAllowList('') }) });
    const keystores = unused as KeystoreOpener;
    const withSourceContext = createSourceContexts({ store, sealer, keystores, urlFetches });
    createJwk = jwkCreation({
      store,
      sealer,
      clock,
      onUnreadable: () => undefined,
      audit: createAuditLog({ key: randomBytes(32), clock }),
      deployments: { deploy: async () => ({ success: true, message: '', environmentResults: [] }) },
      withSourceContext: (projectId, work) =>
        withSourceContext(projectId, (world) =>
          work({
            ...world,
            async certificate(name, environmentName) {
              const found = await world.certificate(name, environmentName);
              await meanwhile(found.id);
              return found;
            },
          }),
        ),
    });
  });

  const create = () =>
    createJwk(
      { projectId: project.id, projectName: project.name, actor: 'admin' },
      {
        name: 'made',
        sourceType: 'CERTIFICATE',
        certificateName: 'leaf',
        environmentName: 'production',
        useType: 'SIGNATURE',
        algorithm: 'RS256',
      },
    );
  const stored = () => store.read((stores) => stores.jwks.find(project.id, 'made'));

  test('rejects the JWK, and nothing is stored', async () => {
    meanwhile = (id) => store.write(({ certificates }) => certificates.delete(id));
    await expect(create()).rejects.toThrow('The source of this JWK (CERTIFICATE) was deleted meanwhile!');
    expect(await stored()).toBeUndefined();
    expect(await store.read(({ audit }) => audit.list(0, 10))).toEqual([]);
  });

  test('stores the JWK if its source was not deleted', async () => {
    meanwhile = async () => {};
    await create();
    expect((await stored())?.sourceId).toBeTruthy();
  });
});
