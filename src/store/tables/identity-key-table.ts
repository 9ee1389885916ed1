import type { IdentityKeyStore, StoredIdentityKey } from '../../deployments/handshake/identity-store.ts';
import type { Sealed } from '../../sealing/sealed.ts';
import type { Database, IdentityKeyRow } from '../database-schema.ts';
import { statement } from '../statement.ts';
import { flag } from './column-values.ts';
import type { SealedValues } from './sealed-values.ts';

const listAll = statement((db, _: object) =>
  db.selectFrom('identity_keys').selectAll().orderBy('created_at').orderBy('id'),
);
const insertOne = statement((db, row: IdentityKeyRow) => db.insertInto('identity_keys').values(row));
const retireOne = statement((db, key: { id: string; signature: string }) =>
  db
    .updateTable('identity_keys')
    .set({ active: 0, private_key: null, signature: key.signature })
    .where('id', '=', key.id),
);

export class IdentityKeyTable implements IdentityKeyStore {
  readonly #database: Database;

  readonly #sealed: SealedValues;

  constructor(database: Database, sealed: SealedValues) {
    this.#database = database;
    this.#sealed = sealed;
  }

  async list(): Promise<readonly StoredIdentityKey[]> {
    const keys = (await listAll.all(this.#database, {})).map((row) => ({
      id: row.id,
      publicKey: row.public_key,
      privateKey: row.private_key as Sealed | null,
      signature: row.signature,
      createdAt: new Date(row.created_at),
    }));
    await this.#sealed.learn(keys.map(({ privateKey }) => privateKey));
    return keys;
  }

  async insert(key: StoredIdentityKey): Promise<void> {
    await insertOne.run(this.#database, {
      id: key.id,
      public_key: key.publicKey,
      active: flag(key.signature === null),
      private_key: key.privateKey,
      signature: key.signature,
      created_at: key.createdAt.getTime(),
    });
  }

  async retire(id: string, signature: string): Promise<void> {
    await retireOne.run(this.#database, { id, signature });
  }
}
