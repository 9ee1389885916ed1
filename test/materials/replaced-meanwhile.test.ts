import { expect, test } from 'vitest';
import { Certificates } from '../../src/materials/certificates.ts';
import type { MaterialRuleOptions } from '../../src/materials/material-rules.ts';
import { adminOf, openRuleWorld } from '../access/support/rule-world.ts';
import { pemFixture } from '../api/support/sample-keys.ts';

const never = () => {
  throw new Error('a certificate has no secret to seal');
};

test('an update does not replace a certificate that was deleted and created again in the same millisecond', async () => {
  const world = await openRuleWorld();
  const { store, audit, time } = world;
  const admin = await adminOf(world);
  await world.access.projects.create(admin, { name: 'MyProject' });
  await world.environments.create(admin, { name: 'production', type: 'TEST' });
  const project = await store.read(({ projects }) => projects.find('MyProject'));
  const scope = { projectId: project?.id ?? '', projectName: 'MyProject', actor: 'admin' };
  const request = (certificateDescription: string) => ({
    certificateName: 'shop',
    alias: `alias of the ${certificateDescription}`,
    certificateDescription,
    environmentList: 'production',
    pemEncodedFile: pemFixture('leaf.pem'),
  });

  // What another request does after the update read the certificate and before it writes.
  let meanwhile = async () => {};
  const references: MaterialRuleOptions['references'] = {
    async prepare() {
      const now = meanwhile;
      meanwhile = async () => {};
      await now();
      return {
        warnings: [],
        write: (change) =>
          store.write((stores) =>
            change(
              stores,
              async () => [],
              async () => {},
            ),
          ),
      };
    },
    list: async () => [],
  };
  const deployments = { deploy: async () => ({ success: true, message: '', environmentResults: [] }) };
  const sealer = { seal: never, openSecret: never };
  const certificates = new Certificates({ store, audit, deployments, sealer, references, clock: time.clock });
  const stored = async () => (await certificates.get(scope.projectId, 'shop')).material;
  const update = () => certificates.update(scope, 'shop', { request: request('updated'), policy: {} });

  await certificates.create(scope, request('first'));
  const first = await stored();
  meanwhile = async () => {
    await certificates.delete(scope, 'shop');
    await certificates.create(scope, request('second'));
  };
  await expect(update()).rejects.toMatchObject({
    code: 'conflict',
    message: 'Certificate (name: shop) was changed by another request. Try again!',
  });
  const second = await stored();
  expect(second).toMatchObject({ description: 'second', updatedAt: first.updatedAt });
  expect(second.id).not.toBe(first.id);
  await update();
  expect(await stored()).toMatchObject({ id: second.id, description: 'updated' });
  await world.close();
});
