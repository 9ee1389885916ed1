// An environment in a real database whose desired state is changed by transactions of two managers, with contents that
// any revision can be compared with.

import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import type { Project } from '../../../src/access/access-store.ts';
import { createAuditLog } from '../../../src/audit/create-audit-log.ts';
import type { ContentReader } from '../../../src/deployments/content-reader.ts';
import { ensureLineage } from '../../../src/deployments/history/lineage.ts';
import {
  type DeploymentTarget,
  type DesiredChange,
  desiredContent,
  mergeTargets,
  putDesiredState,
  putNewObject,
} from '../../../src/deployments/put-desired-state.ts';
import { newId } from '../../../src/new-id.ts';
import type { DeployedContent } from '../../../src/protocol/content.ts';
import { addDigest, contentDigest, emptyDigest } from '../../../src/protocol/state-digest.ts';
import type { Store, Stores } from '../../../src/store/store.ts';
import { sampleEnvironment, sampleJwk, sampleProject } from '../../store/samples.ts';
import type { TestDatabase } from '../../support/databases.ts';

const objects = 12;
export const secret = 'c2VjcmV0LWhhbGY';

/** An object with its next version, or null where it is deleted. */
export type Edit = readonly [index: number, version: number | null];
const edit = fc.tuple(
  fc.nat(objects - 1),
  fc.option(fc.nat(3), { nil: null, freq: 3 }),
) as fc.Arbitrary<Edit>;
/** Calls of a transaction: an object may change in several of them. */
export const calls = fc.array(fc.array(edit, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 3 });

export class Undone extends Error {}

/** What a transaction changes: an object's content, or null where it is deleted. In order. */
export type Changes = readonly (readonly [objectId: string, content: DeployedContent | null])[];

export interface Committed {
  readonly targets: readonly DeploymentTarget[];
  readonly changes: Changes;
  readonly revision: number;
}

export interface CommitOptions {
  /** The rule hands on contents. */
  readonly known?: boolean;
  /** The rule throws when all is written. */
  readonly fails?: boolean;
  /** When all is written and nothing is committed. */
  readonly before?: () => Promise<void>;
}

export class DesiredWorld {
  /** Of two managers. A SQLite database has one manager, so there it is one store. */
  readonly stores: readonly [Store, Store];
  readonly projects: readonly [Project, Project] = [sampleProject(), sampleProject()];
  readonly reader: ContentReader<Stores>;
  environmentId = '';
  readonly #log = createAuditLog({ key: randomBytes(32), clock: () => new Date() });
  /** Everything that was ever desired, by its digest: the content of a row is found by the digest that the row has. */
  readonly #contents = new Map<string, DeployedContent>();

  private constructor(stores: readonly [Store, Store]) {
    this.stores = stores;
    const contents = this.#contents;
    this.reader = {
      kind: 'jwk',
      async read({ desired }, environmentId, ids) {
        const keys = ids.map((objectId) => ({ environmentId, kind: 'jwk' as const, objectId }));
        const rows = await desired.findMany(keys);
        return rows.flatMap(({ digest }) => (digest && contents.get(digest.toString('hex'))) ?? []);
      },
      async *digestsOfProject() {},
    };
  }

  static async open(database: TestDatabase): Promise<DesiredWorld> {
    const first = await database.open();
    const second = database.options.kind === 'sqlite' ? first : await database.open();
    const world = new DesiredWorld([first, second]);
    await ensureLineage(first);
    await first.write(async ({ projects }) => {
      for (const project of world.projects) await projects.insert(project);
    });
    for (const store of new Set(world.stores)) {
      store.closeAuditWith({ close: (stores) => world.#log.close(stores), onOpen() {} });
    }
    return world;
  }

  /** Another one, at revision 1. */
  async startEnvironment(): Promise<Committed> {
    const environment = sampleEnvironment();
    this.environmentId = environment.id;
    await this.stores[0].write(({ environments }) => environments.insert(environment));
    return this.commit([[[0, 9]]]);
  }

  /** One transaction that excludes every other. */
  async commit(
    transaction: readonly (readonly Edit[])[],
    { known = true, fails = false, before = async () => {} }: CommitOptions = {},
    by: 0 | 1 = 0,
  ): Promise<Committed> {
    const { environmentId } = this;
    const targets = await this.stores[by].write(async (stores) => {
      const all: DeploymentTarget[] = [];
      for (const edits of transaction) {
        const changes = edits.map(([index, version]): DesiredChange => {
          const change = { environmentId, kind: 'jwk', objectId: `object-${index}`, projectId: 'p' } as const;
          if (version === null) return { ...change, digest: null };
          const desired = this.#desired(contentOf(index, version));
          return { ...change, ...(known ? desired : { digest: desired.digest }) };
        });
        all.push(...(await putDesiredState(stores, changes)));
      }
      await this.#log.append(stores, recordOf(null));
      await before();
      if (fails) throw new Undone('the rule rejects it');
      return mergeTargets(all);
    });
    const changes = transaction.flat().map(([index, version]) => {
      return [`object-${index}`, version === null ? null : contentOf(index, version)] as const;
    });
    return { targets, changes, revision: revisionOf(targets) };
  }

  /** One transaction within a project, as Create JWK makes it. */
  async create(
    project: 0 | 1,
    { known = true, fails = false, before = async () => {} }: CommitOptions = {},
    by: 0 | 1 = 0,
  ): Promise<Committed> {
    const { id: projectId } = this.projects[project];
    const jwk = sampleJwk(projectId, { name: newId() });
    const content = { ...contentOf(objects, 0), id: jwk.id, name: jwk.name } as DeployedContent;
    const targets = await this.stores[by].write(
      async (stores) => {
        const { states } = await stores.desired.lockJwkPlace({ ...jwk, kid: '' });
        await stores.jwks.insert(jwk);
        const reached = states.filter(({ environmentId }) => environmentId === this.environmentId);
        const { digest, ...more } = this.#desired(content);
        const object = { kind: 'jwk', objectId: jwk.id, projectId, digest, ...(known ? more : {}) } as const;
        const put = await putNewObject(stores, reached, object);
        await this.#log.append(stores, recordOf(this.projects[project].name));
        await before();
        if (fails) throw new Undone('the rule rejects it');
        return put;
      },
      [projectId],
    );
    return { targets, changes: [[jwk.id, content]], revision: revisionOf(targets) };
  }

  head() {
    return this.stores[0].read(({ desired }) => desired.head(this.environmentId));
  }

  /** Once all open records are in the chain. @returns how many records there are */
  async verifiedRecords(): Promise<number> {
    for (const store of this.stores) await store.closeAuditRecords();
    return this.stores[0].read(async (stores) => {
      const broken = await this.#log.verify(stores);
      if (broken !== undefined) throw new Error(`The audit log is broken: ${JSON.stringify(broken)}`);
      return (await stores.audit.head()).sequence;
    });
  }

  #desired(content: DeployedContent) {
    const desired = desiredContent(content);
    this.#contents.set(contentDigest(content).toString('hex'), content);
    return desired;
  }
}

/** What nodes have to have at each revision at which a transaction ended, by the transactions alone. */
export class CommittedModel {
  readonly digests = new Map<number, string>();
  readonly #held = new Map<string, DeployedContent>();
  revision = 0;

  /**
   * Transactions of which none began before this call's predecessor had ended.
   * @throws Error where their revisions have a hole or overlap
   */
  add(transactions: readonly Committed[]): void {
    const left = transactions.toSorted((one, other) => one.revision - other.revision);
    while (left.length > 0) {
      const next = left.findIndex((one) => this.revision + this.#moves(one).length === one.revision);
      const [transaction] = next < 0 ? [] : left.splice(next, 1);
      if (transaction === undefined) {
        const ends = left.map(({ revision }) => revision).join(', ');
        throw new Error(`None of the transactions that ended at ${ends} continues from ${this.revision}`);
      }
      for (const [id, content] of this.#moves(transaction)) {
        if (content === null) this.#held.delete(id);
        else this.#held.set(id, content);
      }
      this.revision = transaction.revision;
      this.digests.set(this.revision, digestOf(this.#held.values()));
    }
  }

  /** The changes that change something, in order. */
  #moves({ changes }: Committed): Changes {
    const now = new Map(this.#held);
    return changes.filter(([id, content]) => {
      const before = now.get(id);
      if (content === null) return now.delete(id);
      now.set(id, content);
      return before === undefined || !contentDigest(before).equals(contentDigest(content));
    });
  }
}

export function digestOf(contents: Iterable<DeployedContent>): string {
  return [...contents]
    .reduce((sum, content) => addDigest(sum, contentDigest(content)), emptyDigest)
    .toString('hex');
}

function contentOf(index: number, version: number): DeployedContent {
  return {
    kind: 'jwk',
    id: `object-${index}`,
    project: 'p',
    name: `object-${index}`,
    jwk: { kty: 'OKP', crv: 'Ed25519', x: `${index}-${version}`, kid: String(index), d: secret },
    notBefore: null,
    expires: null,
  };
}

function revisionOf(targets: readonly DeploymentTarget[]): number {
  return Math.max(...targets.map(({ revision }) => revision));
}

function recordOf(projectName: string | null) {
  const more = { objectType: 'jwk', objectId: null, outcome: 'SUCCESS', details: {} } as const;
  return { actor: 'alice', action: 'jwk.create', objectName: 'a', projectName, ...more };
}
