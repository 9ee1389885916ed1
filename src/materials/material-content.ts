import type { AccessStores } from '../access/access-store.ts';
import { type ContentReader, type OnUnreadable, readableDigests } from '../deployments/content-reader.ts';
import type { DeployedContent } from '../protocol/content.ts';
import type { Sealer } from '../sealing/sealed.ts';
import type { MaterialKind, MaterialWithEnvironments } from './material-kind.ts';
import type { MaterialStores } from './material-store.ts';

/** A keystore may be 10 MiB, which takes tens of milliseconds to open and to take the digest of. */
const openedAtOnce = 4;

type Stores = MaterialStores & Pick<AccessStores, 'projects'>;

/** How nodes get a kind of material: what it holds for their own environment, and nothing else of it. */
export function createMaterialContentReader<M extends MaterialWithEnvironments>(
  kind: MaterialKind<M>,
  sealer: Sealer,
  onUnreadable: OnUnreadable,
): ContentReader<Stores> {
  async function contents(stores: Stores, environmentId: string, materials: readonly M[]) {
    const found: DeployedContent[] = [];
    for (const material of materials) {
      const project = await stores.projects.get(material.projectId);
      const content = project && kind.content(material, environmentId, { name: project.name, sealer });
      if (content) found.push(content);
    }
    return found;
  }
  return {
    kind: kind.kind,
    async read(stores, environmentId, ids) {
      return contents(stores, environmentId, await kind.store(stores).getMany(ids, environmentId));
    },
    async *digestsOfProject(stores, environmentId, projectId) {
      const project = await stores.projects.get(projectId);
      if (!project) return;
      const read = (material: M) => kind.content(material, environmentId, { name: project.name, sealer });
      const store = kind.store(stores);
      const ids = await store.idsPlaced(projectId, environmentId);
      for (let from = 0; from < ids.length; from += openedAtOnce) {
        const materials = await store.getMany(ids.slice(from, from + openedAtOnce), environmentId);
        yield readableDigests(materials, kind.kind, { read, onUnreadable });
      }
    },
  };
}
