import type { EnvironmentNouns } from '../environments/environment-store.ts';
import { reachedEnvironment } from '../environments/reached-environment.ts';
import { alteredInDatabase, badRequest } from '../errors.ts';
import type { KeystoreOpener } from '../keystore-worker/keystore-opener.ts';
import type { Material, MaterialNouns, MaterialStore } from '../materials/material-store.ts';
import { openKeyContent, openKeystoreFile } from '../materials/sealed-material.ts';
import { lookupName, shownText } from '../names.ts';
import { fairTurn } from '../runtime/event-loop.ts';
import type { Sealer } from '../sealing/sealed.ts';
import type { SourceWorld } from '../sources/jwk-source.ts';
import { decodeUtf8 } from '../sources/safe-fetch/safe-fetch.ts';
import type { UrlFetches, UrlFetchScope } from '../sources/url-fetches.ts';
import type { UnitOfWork } from '../unit-of-work.ts';

export interface SourceWorldOptions {
  readonly store: UnitOfWork<MaterialNouns & EnvironmentNouns>;
  readonly sealer: Sealer;
  readonly keystores: KeystoreOpener;
  readonly urlFetches: UrlFetches;
}

/** Runs `work` with the world of one project. What it fetched from URLs counts as in memory until `work` has ended. */
export type WithSourceWorld = <T>(projectId: string, work: (world: SourceWorld) => Promise<T>) => Promise<T>;

export function createSourceWorlds(options: SourceWorldOptions): WithSourceWorld {
  return async (projectId, work) => {
    const fetches = options.urlFetches.open();
    try {
      return await work(sourceWorld(projectId, options, fetches));
    } finally {
      fetches.end();
    }
  };
}

/** What sources may see on behalf of one project: its own materials, in environments that it reaches. */
function sourceWorld(projectId: string, options: SourceWorldOptions, fetches: UrlFetchScope): SourceWorld {
  const { store, sealer, keystores } = options;

  async function find<M extends Material, E extends { readonly environmentId: string }>(
    what: { noun: string; name: string; environmentName: string },
    pick: (nouns: MaterialNouns) => MaterialStore<M & { readonly environments: readonly E[] }>,
  ) {
    return store.read(async (nouns) => {
      const environment = await reachedEnvironment(nouns, projectId, what.environmentName);
      const material = await pick(nouns).find(projectId, lookupName(what.name));
      const own = material?.environments.find((entry) => entry.environmentId === environment.id);
      if (!material || !own) {
        throw badRequest(`${what.noun} (name: ${shownText(what.name)}) is not found!`, {
          reason: 'NOT_FOUND',
        });
      }
      return { material, own };
    });
  }

  return {
    async fetchText(url, limits, conditions) {
      const { body, etag, lastModified, notModified } = await fetches.fetch(url, limits, conditions);
      // What follows parses the document and checks its keys.
      await fairTurn();
      return { text: decodeUtf8(body), etag, lastModified, notModified };
    },
    async certificate(name, environmentName) {
      const found = await find({ noun: 'Certificate', name, environmentName }, (nouns) => nouns.certificates);
      if (found.own.altered) throw alteredInDatabase(`Certificate (name: ${found.material.name})`);
      return { id: found.material.id, chain: found.own.chain };
    },
    async key(name, environmentName) {
      const { material, own } = await find(
        { noun: 'Key', name, environmentName },
        (nouns) => nouns.cryptoKeys,
      );
      return {
        id: material.id,
        keyType: material.keyType,
        content: openKeyContent(sealer, material.id, own),
      };
    },
    async keystoreListing(name, environmentName) {
      const found = await find({ noun: 'Keystore', name, environmentName }, (nouns) => nouns.keystores);
      return keystores.inspect(openKeystoreFile(sealer, found.material.id, found.own));
    },
    async keystoreEntry(name, environmentName, alias) {
      const found = await find({ noun: 'Keystore', name, environmentName }, (nouns) => nouns.keystores);
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
