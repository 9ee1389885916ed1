// Where the settings put the database and the master key.

import { join } from 'node:path';
import type { ManagerConfig } from '../config.ts';
import type { MasterKeySource } from '../sealing/master-key.ts';
import type { StoreOptions } from '../store/store.ts';

export function storeOptionsOf({ databaseUrl, dataDir }: ManagerConfig): StoreOptions {
  return databaseUrl === undefined
    ? { kind: 'sqlite', path: join(dataDir, 'keyplane.db') }
    : { kind: 'postgres', url: databaseUrl };
}

export function masterKeySourceOf({ masterKey, masterKeyFile, dataDir }: ManagerConfig): MasterKeySource {
  return { fromEnvironment: masterKey, file: masterKeyFile, defaultFile: join(dataDir, 'master.key') };
}
