import type { EnvironmentStores } from '../environments/environment-store.ts';
import { reachedEnvironment } from '../environments/reached-environment.ts';
import { alteredInDatabase, badRequest } from '../errors.ts';
import type { KeystoreOpener } from '../keystore-worker/keystore-opener.ts';
import type { Material, MaterialStore, MaterialStores } from '../materials/material-store.ts';
import { openKeyContent, openKeystoreFile } from '../materials/sealed-material.ts';
import { lookupName, shownText } from '../names.ts';
import { fairTurn } from '../runtime/event-loop.ts';
import type { Sealer } from '../sealing/sealed.ts';
import type { SourceContext } from '../sources/jwk-source.ts';
import type { UrlFetches, UrlFetchScope } from '../sources/url-fetches.ts';
import type { UnitOfWork } from '../unit-of-work.ts';

export interface SourceContextOptions {
  readonly store: UnitOfWork<MaterialStores & EnvironmentStores>;
  readonly sealer: Sealer;
  readonly keystores: KeystoreOpener;
  readonly urlFetches: UrlFetches;
}

/** Runs `work` with the world of one project. What it fetched from URLs counts as in memory until `work` has ended. */
export type WithSourceContext = <T>(
  projectId: string,
  work: (context: SourceContext) => Promise<T>,
) => Promise<T>;

export function createSourceContexts(options: SourceContextOptions): WithSourceContext {
  return async (projectId, work) => {
    const fetches = options.urlFetches.open();
    try {
      return await work(sourceContext(projectId, options, fetches));
    } finally {
      fetches.end();
    }
  };
}

/** What sources may see on behalf of one project: its own materials, in environments that it reaches. */
function sourceContext(
  projectId: string,
  options: SourceContextOptions,
  fetches: UrlFetchScope,
): SourceContext {
  const { store, sealer, keystores } = options;

  async function find<M extends Material, E extends { readonly environmentId: string }>(
    what: { label: string; name: string; environmentName: string },
    pick: (stores: MaterialStores) => MaterialStore<M & { readonly environments: readonly E[] }>,
  ) {
    return store.read(async (stores) => {
      const environment = await reachedEnvironment(stores, projectId, what.environmentName);
      const material = await pick(stores).find(projectId, lookupName(what.name));
      const own = material?.environments.find((entry) => entry.environmentId === environment.id);
      if (!material || !own) {
        throw badRequest(`${what.label} (name: ${shownText(what.name)}) is not found!`, {
          reason: 'NOT_FOUND',
        });
      }
      return { material, own };
    });
  }

  return {
    async fetchDocument(url, limits, conditions) {
      const document = await fetches.fetch(url, limits, conditions);
      // What follows parses the document and checks its keys.
      await fairTurn();
      return document;
    },
    async certificate(name, environmentName) {
      const found = await find(
        { label: 'Certificate', name, environmentName },
        (stores) => stores.certificates,
      );
      if (found.own.altered) throw alteredInDatabase(`Certificate (name: ${found.material.name})`);
      return { id: found.material.id, chain: found.own.chain };
    },
    async key(name, environmentName) {
      const { material, own } = await find(
        { label: 'Key', name, environmentName },
        (stores) => stores.cryptoKeys,
      );
      return {
        id: material.id,
        keyType: material.keyType,
        content: openKeyContent(sealer, material.id, own),
      };
    },
    async keystoreListing(name, environmentName) {
      const found = await find({ label: 'Keystore', name, environmentName }, (stores) => stores.keystores);
      return keystores.inspect(openKeystoreFile(sealer, found.material.id, found.own));
    },
    async keystoreEntry(name, environmentName, alias) {
      const found = await find({ label: 'Keystore', name, environmentName }, (stores) => stores.keystores);
      const { material, own } = found;
      const opened = openKeystoreFile(sealer, material.id, own);
      const entry = await keystores.readEntry({ ...opened, alias });
      if (!entry) {
        const asked = `Alias (${shownText(alias)}) is not found in keystore (name: ${material.name})!`;
        throw badRequest(asked, { reason: 'NOT_FOUND', member: 'aliasName' });
      }
      return { id: material.id, entry };
    },
  };
}
