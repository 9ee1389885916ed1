// Certificates, keys and keystores alike: made, found and deleted under the same rules, each change stored,
// desired and audited in one transaction. Refused: a name that is taken, an environment out of reach.

import type { ProjectScope } from '../access/caller.ts';
import { auditEvent } from '../audit/audit-event.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import { type ChangeResult, type DeploymentResult, withWarnings } from '../deployments/deployment-result.ts';
import {
  type DeploymentTarget,
  type DesiredChange,
  desiredContent,
  mergeTargets,
  putDesiredState,
} from '../deployments/put-desired-state.ts';
import type { EnvironmentStores } from '../environments/environment-store.ts';
import { alteredInDatabase, badRequest, KeyplaneError } from '../errors.ts';
import { lookupName, projectNotFound, shownText } from '../names.ts';
import type { DeploymentVerb } from '../protocol/content.ts';
import type { Sealer } from '../sealing/sealed.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import type { MaterialKind, MaterialRuleStores, MaterialWithEnvironments } from './material-kind.ts';
import type { MaterialListQuery } from './material-store.ts';
import type { FollowedMaterial, JwkReference, ReferencedJwks } from './referenced-jwks.ts';

export interface MaterialRuleOptions {
  readonly store: UnitOfWork<MaterialRuleStores>;
  readonly sealer: Sealer;
  readonly audit: AuditLog;
  readonly deployments: {
    deploy(targets: readonly DeploymentTarget[], verb: DeploymentVerb): Promise<DeploymentResult>;
  };
  readonly clock: () => Date;
  readonly references: ReferencedJwks;
}

export interface InsertOptions {
  /** Inside the transaction, before the insert. */
  readonly check?: ((stores: MaterialRuleStores) => Promise<void>) | undefined;
  /** Of the response, beside the deployment. */
  readonly warnings?: readonly string[] | undefined;
}

/** What a material becomes. */
export interface Replacement<M> {
  readonly before: M;
  readonly after: M;
  readonly follow: FollowedMaterial | undefined;
  /** Inside the transaction, before the update. */
  readonly check?: (stores: MaterialRuleStores) => Promise<void>;
  /** The response besides the deployment; the result for its JWKs is added. */
  readonly warnings?: readonly string[] | undefined;
}

/** A material with the names of its environments, in name order. */
export interface FoundMaterial<M> {
  readonly material: M;
  readonly environmentNames: ReadonlyMap<string, string>;
}

export class MaterialRules<M extends MaterialWithEnvironments> {
  readonly #kind: MaterialKind<M>;
  readonly #options: MaterialRuleOptions;

  constructor(kind: MaterialKind<M>, options: MaterialRuleOptions) {
    this.#kind = kind;
    this.#options = options;
  }

  /** Refuses a name that is taken, with the words of this kind. */
  async requireFreeName(stores: MaterialRuleStores, projectId: string, name: string): Promise<void> {
    if (!(await this.#kind.store(stores).find(projectId, name))) return;
    const what = `${this.#kind.label} (name: ${name}) is already exist!`;
    throw badRequest(
      this.#kind.kind === 'certificate' ? what : `${what} Try update operation if want to change its value.`,
      { reason: 'NAME_TAKEN', member: this.#kind.kind === 'certificate' ? 'certificateName' : 'name' },
    );
  }

  /** Stores, desires and audits in one transaction, then sends. `check` runs inside it, before the insert. */
  async insert(
    scope: ProjectScope,
    material: M,
    { check, warnings }: InsertOptions = {},
  ): Promise<ChangeResult> {
    const targets = await this.#options.store.write(async (stores) => {
      await requireProject(stores, scope);
      await this.requireFreeName(stores, scope.projectId, material.name);
      await requireReach(stores, scope, material);
      await check?.(stores);
      await this.#kind.store(stores).insert(material);
      const changes = material.environments.map(({ environmentId }) =>
        this.#change(scope, material, environmentId),
      );
      const desired = await putDesiredState(stores, changes);
      await this.#record(stores, scope, { material, verb: 'create' });
      await scope.once?.save(stores, { targets: desired, verb: 'deploy', warnings });
      return desired;
    });
    return withWarnings(await this.#options.deployments.deploy(targets, 'deploy'), warnings);
  }

  async list(projectId: string, query: MaterialListQuery) {
    return this.#options.store.read(async (stores) => {
      const { items, total } = await this.#kind.store(stores).list(projectId, query);
      const environmentNames = await namesOf(stores);
      return { total, found: items.map((material) => ({ material, environmentNames })) };
    });
  }

  async get(projectId: string, name: string): Promise<FoundMaterial<M>> {
    return this.#options.store.read(async (stores) => {
      const material = await this.#require(stores, projectId, name);
      if (material.environments.some(({ altered }) => altered)) {
        throw alteredInDatabase(`${this.#kind.label} (name: ${material.name})`);
      }
      return { material, environmentNames: await namesOf(stores) };
    });
  }

  /** JWKs made from it, in any project. */
  async references(projectId: string, name: string): Promise<readonly JwkReference[]> {
    const { id } = await this.#options.store.read((stores) => this.#require(stores, projectId, name));
    return this.#options.references.list(id);
  }

  /**
   * Replaces what the material is. The JWKs made from it follow where `follow` says what they find from now on, and
   * are detached otherwise; all of it in one transaction, or nothing.
   */
  protected async replace(
    scope: ProjectScope,
    { before, after, follow, check, warnings: own = [] }: Replacement<M>,
  ): Promise<ChangeResult> {
    const references = await this.#options.references.prepare(before.id, follow);
    const warnings = [...own, ...references.warnings];
    const targets = await references.write(async (stores, changeJwks) => {
      const now = await this.#require(stores, scope.projectId, before.name);
      if (now.id !== before.id || now.updatedAt.getTime() !== before.updatedAt.getTime()) {
        const what = `${this.#kind.label} (name: ${before.name})`;
        throw new KeyplaneError('conflict', `${what} was changed by another request. Try again!`);
      }
      await requireReach(stores, scope, after);
      await check?.(stores);
      await this.#kind.store(stores).update(after);
      const kept = new Set(after.environments.map(({ environmentId }) => environmentId));
      const left = before.environments.filter(({ environmentId }) => !kept.has(environmentId));
      const changes = [
        ...after.environments.map(({ environmentId }) => this.#change(scope, after, environmentId)),
        ...left.map(({ environmentId }) => this.#gone(scope, before, environmentId)),
      ];
      const desired = await putDesiredState(stores, changes);
      const followed = await changeJwks(scope);
      await this.#record(stores, scope, { material: after, verb: 'update' });
      const all = mergeTargets([...desired, ...followed]);
      await scope.once?.save(stores, { targets: all, verb: 'deploy', warnings });
      return all;
    });
    return withWarnings(await this.#options.deployments.deploy(targets, 'deploy'), warnings);
  }

  /** The material of this name, to be replaced. */
  protected async toReplace(scope: ProjectScope, name: string): Promise<M> {
    return this.#options.store.read((stores) => this.#require(stores, scope.projectId, name));
  }

  async delete(scope: ProjectScope, name: string): Promise<DeploymentResult> {
    const { id } = await this.toReplace(scope, name);
    const references = await this.#options.references.prepare(id, undefined);
    const targets = await references.write(async (stores, changeJwks, requireUnused) => {
      const material = await this.#require(stores, scope.projectId, name);
      await requireUnused(`${this.#kind.label} (name: ${material.name})`);
      const changes = material.environments.map((own) => this.#gone(scope, material, own.environmentId));
      const desired = await putDesiredState(stores, changes);
      await changeJwks(scope);
      await this.#kind.store(stores).delete(material.id);
      await this.#record(stores, scope, { material, verb: 'delete' });
      await scope.once?.save(stores, { targets: desired, verb: 'undeploy' });
      return desired;
    });
    return this.#options.deployments.deploy(targets, 'undeploy');
  }

  async #require(stores: MaterialRuleStores, projectId: string, name: string): Promise<M> {
    const material = await this.#kind.store(stores).find(projectId, lookupName(name));
    if (!material)
      throw badRequest(`${this.#kind.label} (name: ${shownText(name)}) is not found!`, {
        reason: 'NOT_FOUND',
      });
    return material;
  }

  #gone({ projectId }: ProjectScope, { id: objectId }: M, environmentId: string): DesiredChange {
    return { environmentId, kind: this.#kind.kind, objectId, projectId, digest: null };
  }

  #change(scope: ProjectScope, material: M, environmentId: string): DesiredChange {
    const { projectId, projectName: name } = scope;
    const content = this.#kind.content(material, environmentId, { name, sealer: this.#options.sealer });
    const desired = content ? desiredContent(content) : { digest: null };
    return { environmentId, kind: this.#kind.kind, objectId: material.id, projectId, ...desired };
  }

  async #record(
    stores: MaterialRuleStores,
    scope: ProjectScope,
    what: { material: M; verb: string },
  ): Promise<void> {
    const { kind } = this.#kind;
    const event = auditEvent({
      actor: scope.actor,
      action: `${kind}.${what.verb}`,
      objectType: kind,
      objectId: what.material.id,
      objectName: what.material.name,
      projectName: scope.projectName,
      details: { environments: what.material.environments.length },
    });
    await this.#options.audit.append(stores, event);
  }
}

async function requireProject(stores: MaterialRuleStores, scope: ProjectScope): Promise<void> {
  if (await stores.projects.get(scope.projectId)) return;
  throw projectNotFound(scope.projectName);
}

/** An environment may have been closed to the project, or deleted, while the material for it was being read. */
async function requireReach(
  stores: MaterialRuleStores,
  { projectId }: ProjectScope,
  { environments }: MaterialWithEnvironments,
): Promise<void> {
  const reached = new Set((await stores.environments.listReachedBy(projectId)).map(({ id }) => id));
  if (environments.every(({ environmentId }) => reached.has(environmentId))) return;
  throw new KeyplaneError('conflict', 'The environments of this project were changed meanwhile. Try again!');
}

async function namesOf(stores: EnvironmentStores): Promise<ReadonlyMap<string, string>> {
  return new Map((await stores.environments.list()).map(({ id, name }) => [id, name]));
}
