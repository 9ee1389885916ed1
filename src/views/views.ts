// Views of a project. Each change is stored, desired and audited in one transaction, and then sent to the nodes.

import type { AccessStores } from '../access/access-store.ts';
import type { ProjectScope } from '../access/caller.ts';
import type { AuditLog, AuditStore } from '../audit/audit-log.ts';
import { type ChangeResult, withWarnings } from '../deployments/deployment-result.ts';
import type { Deployments } from '../deployments/deployments.ts';
import type { DesiredStateStores } from '../deployments/desired-state-store.ts';
import type { EnvironmentStores } from '../environments/environment-store.ts';
import { alteredInDatabase, badRequest } from '../errors.ts';
import type { IdempotencyStores } from '../idempotency/idempotency-store.ts';
import { laterThan, requireSameName } from '../materials/optimistic-update.ts';
import { checkName, lookupName, projectNotFound, shownText } from '../names.ts';
import { newId } from '../new-id.ts';
import type { OutletStores } from '../outlets/outlet-store.ts';
import { requireNoOutlet } from '../outlets/outlet-uses.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import {
  type NamedSelections,
  nameSelections,
  resolveSelection,
  type SelectedKeyStores,
  type SelectionRequest,
} from './selection.ts';
import type { Selection, View } from './view.ts';
import { putDesiredView, withdrawView } from './view-deployment.ts';
import { viewEvent } from './view-event.ts';
import type { ViewListQuery, ViewStores } from './view-store.ts';

export interface ViewRequest {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  /** Null: all keys of the project. */
  readonly include?: SelectionRequest | null | undefined;
  /** Null: none. */
  readonly exclude?: SelectionRequest | null | undefined;
}

export interface FoundView extends NamedSelections {
  readonly view: View;
}

export interface Views {
  list(
    projectId: string,
    query: ViewListQuery,
  ): Promise<{ readonly found: readonly FoundView[]; readonly total: number }>;
  get(projectId: string, name: string): Promise<FoundView>;
  create(scope: ProjectScope, request: ViewRequest): Promise<ChangeResult>;
  /** What is absent stays as it is. */
  update(scope: ProjectScope, name: string, request: ViewRequest): Promise<ChangeResult>;
  delete(scope: ProjectScope, name: string): Promise<ChangeResult>;
}

export type ViewRuleStores = ViewStores &
  Pick<OutletStores, 'outlets'> &
  SelectedKeyStores &
  AccessStores &
  EnvironmentStores &
  DesiredStateStores &
  IdempotencyStores & { readonly audit: AuditStore };

export interface ViewRuleOptions<Stores extends ViewRuleStores> {
  readonly store: UnitOfWork<Stores>;
  readonly audit: AuditLog;
  readonly deployments: Pick<Deployments, 'deploy'>;
  readonly clock: () => Date;
}

export function createViews<Stores extends ViewRuleStores>(options: ViewRuleOptions<Stores>): Views {
  const { store, audit, deployments, clock } = options;
  return {
    list: (projectId, query) =>
      store.read(async (stores) => {
        const { views, total } = await stores.views.list(projectId, query);
        return { found: await describe(stores, views), total };
      }),

    get: (projectId, name) =>
      store.read(async (stores) => {
        const view = await requireView(stores, projectId, name);
        if (view.altered) throw alteredInDatabase(`View (name: ${view.name})`);
        const [found] = await describe(stores, [view]);
        if (!found) throw notFound(name);
        return found;
      }),

    async create(scope, request) {
      const { projectId, projectName } = scope;
      const name = checkName(request.name, 'View name');
      const now = clock();
      const { targets, warnings } = await store.write(async (stores) => {
        if (!(await stores.projects.get(projectId))) throw projectNotFound(projectName);
        if (await stores.views.find(projectId, name)) throw nameTaken(name);
        const { include, exclude, warnings } = await selectionsOf(stores, projectId, request);
        const view: View = {
          id: newId(),
          projectId,
          name,
          description: request.description || null,
          include: include ?? null,
          exclude: exclude ?? null,
          createdAt: now,
          updatedAt: now,
        };
        await stores.views.insert(view);
        return recordPut(stores, scope, { verb: 'create', view, warnings });
      });
      return withWarnings(await deployments.deploy(targets, 'deploy'), warnings);
    },

    async update(scope, given, request) {
      const { targets, warnings } = await store.write(async (stores) => {
        const { projectId } = scope;
        const before = await requireView(stores, projectId, given);
        requireSameName(request.name, before.name, 'View name');
        const { description } = request;
        const selections = await selectionsOf(stores, projectId, request);
        const { include = before.include, exclude = before.exclude, warnings } = selections;
        const view: View = {
          ...before,
          description: description === undefined ? before.description : description || null,
          include,
          exclude,
          updatedAt: laterThan(before.updatedAt, clock()),
        };
        await stores.views.update(view);
        return recordPut(stores, scope, { verb: 'update', view, warnings });
      });
      return withWarnings(await deployments.deploy(targets, 'deploy'), warnings);
    },

    async delete(scope, given) {
      const targets = await store.write(async (stores) => {
        const view = await requireView(stores, scope.projectId, given);
        await requireNoOutlet(stores, view.id, `View (name: ${view.name})`);
        const names = await namesOf(stores, view);
        await stores.views.delete(view.id);
        const desired = await withdrawView(stores, view);
        await audit.append(stores, viewEvent('delete', scope, view, names));
        await scope.once?.save(stores, { targets: desired, verb: 'undeploy' });
        return desired;
      });
      return deployments.deploy(targets, 'undeploy');
    },
  };

  /** After its row was written. */
  async function recordPut(
    stores: Stores,
    scope: ProjectScope,
    {
      verb,
      view,
      warnings,
    }: { readonly verb: 'create' | 'update'; readonly view: View; readonly warnings: readonly string[] },
  ) {
    const targets = await putDesiredView(stores, scope, view);
    await audit.append(stores, viewEvent(verb, scope, view, await namesOf(stores, view)));
    await scope.once?.save(stores, { targets, verb: 'deploy', warnings });
    return { targets, warnings };
  }
}

interface ResolvedSelections {
  /** Undefined where the request has none, null where it takes what was there away. */
  readonly include: Selection | null | undefined;
  readonly exclude: Selection | null | undefined;
  readonly warnings: readonly string[];
}

async function selectionsOf(
  stores: SelectedKeyStores,
  projectId: string,
  { include, exclude }: ViewRequest,
): Promise<ResolvedSelections> {
  const included =
    include && (await resolveSelection(stores, projectId, { request: include, member: 'include' }));
  const excluded =
    exclude && (await resolveSelection(stores, projectId, { request: exclude, member: 'exclude' }));
  return {
    include: included ? included.selection : included,
    exclude: excluded ? excluded.selection : excluded,
    warnings: [...(included?.warnings ?? []), ...(excluded?.warnings ?? [])],
  };
}

const none: NamedSelections = Object.freeze({ include: null, exclude: null });

async function describe(stores: SelectedKeyStores, views: readonly View[]): Promise<readonly FoundView[]> {
  const names = await nameSelections(stores, views);
  return views.map((view) => ({ view, ...(names.get(view.id) ?? none) }));
}

async function namesOf(stores: SelectedKeyStores, view: View): Promise<NamedSelections> {
  return (await nameSelections(stores, [view])).get(view.id) ?? none;
}

async function requireView({ views }: ViewStores, projectId: string, given: string): Promise<View> {
  const view = await views.find(projectId, lookupName(given));
  if (!view) throw notFound(given);
  return view;
}

function notFound(given: string) {
  return badRequest(`View (name: ${shownText(given)}) is not found!`, { reason: 'NOT_FOUND' });
}

function nameTaken(name: string) {
  return badRequest(
    `View (name: ${name}) is already exist! Try update operation if want to change its value.`,
    { reason: 'NAME_TAKEN', member: 'name' },
  );
}
