import type { BarredBecause, NodeKey, NodeKeyStore } from '../../environments/environment-store.ts';
import type { WakeTopic } from '../../unit-of-work.ts';
import type { Database, NodeKeyRow } from '../database-schema.ts';
import { statement } from '../statement.ts';
import { flag } from './column-values.ts';
import { inChunks } from './in-chunks.ts';

const insertOne = statement((db, row: NodeKeyRow) => db.insertInto('node_keys').values(row));
const findOne = statement((db, key: { environmentId: string; publicKey: Buffer }) =>
  db
    .selectFrom('node_keys')
    .selectAll()
    .where('environment_id', '=', key.environmentId)
    .where('public_key', '=', key.publicKey),
);
const listNamed = statement((db, key: { environmentId: string; name: string }) =>
  db
    .selectFrom('node_keys')
    .selectAll()
    .where('environment_id', '=', key.environmentId)
    .where('name', '=', key.name)
    .orderBy('registered_at', 'desc')
    .orderBy('id', 'desc'),
);
const barOne = statement((db, key: { id: string; because: BarredBecause }) =>
  db
    .updateTable('node_keys')
    .set({ barred_because: key.because })
    .where('id', '=', key.id)
    .where('barred_because', 'is', null),
);
const barOfToken = statement((db, key: { tokenId: string }) =>
  db
    .updateTable('node_keys')
    .set({ barred_because: 'revoked' })
    .where('token_id', '=', key.tokenId)
    .where('barred_because', 'is', null),
);
const readmitOne = statement((db, key: { id: string }) =>
  db.updateTable('node_keys').set({ barred_because: null }).where('id', '=', key.id),
);
const countAllBarred = statement((db, _: object) =>
  db
    .selectFrom('node_keys')
    .select((e) => e.fn.countAll<number | string>().as('count'))
    .where('barred_because', 'is not', null),
);

export class NodeKeyTable implements NodeKeyStore {
  readonly #database: Database;
  readonly #notify: (topic: WakeTopic) => void;

  constructor(database: Database, notify: (topic: WakeTopic) => void) {
    this.#database = database;
    this.#notify = notify;
  }

  async insert(key: NodeKey): Promise<void> {
    await insertOne.run(this.#database, {
      id: key.id,
      environment_id: key.environmentId,
      name: key.name,
      public_key: key.publicKey,
      token_id: key.tokenId,
      token_name: key.tokenName,
      private_keys: flag(key.privateKeys),
      registered_at: key.registeredAt.getTime(),
      barred_because: key.barred,
    });
  }

  async find(environmentId: string, publicKey: Buffer): Promise<NodeKey | undefined> {
    const row = await findOne.first(this.#database, { environmentId, publicKey });
    return row && keyOf(row);
  }

  async listOfName(environmentId: string, name: string): Promise<readonly NodeKey[]> {
    return (await listNamed.all(this.#database, { environmentId, name })).map(keyOf);
  }

  async accepted(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const found = new Set<string>();
    for (const chunk of inChunks([...new Set(ids)])) {
      const query = this.#database
        .selectFrom('node_keys')
        .select('id')
        .where('id', 'in', chunk)
        .where('barred_because', 'is', null);
      for (const { id } of await query.execute()) found.add(id);
    }
    return found;
  }

  async bar(id: string, because: BarredBecause): Promise<void> {
    await barOne.run(this.#database, { id, because });
    this.#notify('sessions');
  }

  async barJoinedWith(tokenId: string): Promise<number> {
    this.#notify('sessions');
    return barOfToken.run(this.#database, { tokenId });
  }

  async readmit(id: string): Promise<void> {
    await readmitOne.run(this.#database, { id });
  }

  async countBarred(): Promise<number> {
    return Number((await countAllBarred.first(this.#database, {}))?.count ?? 0);
  }
}

function keyOf(row: NodeKeyRow): NodeKey {
  return {
    id: row.id,
    environmentId: row.environment_id,
    name: row.name,
    publicKey: row.public_key,
    tokenId: row.token_id,
    tokenName: row.token_name,
    privateKeys: row.private_keys === 1,
    registeredAt: new Date(row.registered_at),
    barred: row.barred_because,
  };
}
