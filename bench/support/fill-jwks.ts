import { newId } from '../../src/new-id.ts';
import type { TestManager } from '../../test/support/manager.ts';

/**
 * Gives `MyProject` the given number of JWKs, `key-00000` and on. One is created through the API; the others are copies
 * of its row, because their creation is not measured.
 * @param key the body for `jwks/generate`
 */
export async function fillJwks(
  { api, manager }: TestManager,
  key: Readonly<Record<string, unknown>>,
  count: number,
): Promise<void> {
  const first = { name: 'key-00000', ...key };
  await api('POST', '/apiops/projects/MyProject/jwks/generate', first);
  const { store } = manager.services;
  await store.write(async (stores) => {
    const owner = await stores.projects.find('MyProject');
    const made = await stores.jwks.find(owner?.id ?? '', first.name);
    if (!made) throw new Error('the first JWK is not there');
    for (let index = 1; index < count; index++) {
      await stores.jwks.insert({ ...made, id: newId(), name: `key-${String(index).padStart(5, '0')}` });
    }
  });
}
