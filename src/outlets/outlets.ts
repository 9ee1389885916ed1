// Outlets of a project. Each change is stored, desired and audited in one transaction; those that nodes deliver are then sent to
// the nodes.

import type { AccessStores } from '../access/access-store.ts';
import type { ProjectScope } from '../access/caller.ts';
import type { AuditLog, AuditStore } from '../audit/audit-log.ts';
import type { ChangeResult } from '../deployments/deployment-result.ts';
import type { Deployments } from '../deployments/deployments.ts';
import type { DesiredStateStores } from '../deployments/desired-state-store.ts';
import type { EnvironmentStores } from '../environments/environment-store.ts';
import { readEnvironmentIds } from '../environments/reached-environment.ts';
import { alteredInDatabase, badRequest, KeyplaneError } from '../errors.ts';
import type { EventStores } from '../events/event-store.ts';
import type { IdempotencyStores } from '../idempotency/idempotency-store.ts';
import { laterThan, requireSameName } from '../materials/optimistic-update.ts';
import { checkName, lookupName, projectNotFound, shownText } from '../names.ts';
import { newId } from '../new-id.ts';
import type { Sealer } from '../sealing/sealed.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import type { SendOutcome } from '../webhooks/send-webhook.ts';
import type { Webhook } from '../webhooks/webhook.ts';
import type { WebhookStores } from '../webhooks/webhook-store.ts';
import { requireFreePlace } from './claims.ts';
import { type OutletContent, traitsOf } from './content/outlet-content.ts';
import { type OutletKindName, outletKind, outletKindNames } from './kinds/kinds.ts';
import type { ManagerAccess } from './kinds/outlet-kind.ts';
import type { Outlet } from './outlet.ts';
import {
  environmentsOfOutlet,
  nextGeneration,
  putDesiredOutlet,
  withdrawOutlet,
} from './outlet-deployment.ts';
import { outletEvent } from './outlet-event.ts';
import type { OutletJson } from './outlet-source.ts';
import {
  nameSources,
  type OutletSourceRequest,
  requireCredentialProfile,
  resolveOutletSource,
  type SourceStores,
  sourceIdOf,
} from './outlet-sources.ts';
import { describeDeliveries, type ShownDelivery } from './outlet-states.ts';
import type { OutletListQuery, OutletStores } from './outlet-store.ts';
import { credentialProfile, openCredential, sealCredential } from './sealed-credential.ts';
import {
  keysTrial,
  nodeTrial,
  notConnectedTrial,
  type OutletTrial,
  reportedTrial,
  webhookTrial,
} from './try-outlet.ts';
import { webhookOf } from './webhook-outlets.ts';

export interface OutletRequest {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly kind?: string | undefined;
  /** Null: the project's set. */
  readonly source?: OutletSourceRequest | null | undefined;
  readonly content?: string | undefined;
  /** Null: all that the project reaches. */
  readonly environmentNames?: readonly string[] | null | undefined;
  readonly target?: OutletJson | undefined;
  readonly credential?: OutletJson | undefined;
  readonly gate?: boolean | undefined;
}

export interface FoundOutlet {
  readonly outlet: Outlet;
  readonly source: OutletSourceRequest | null;
  /** Null: all that the project reaches. */
  readonly environmentNames: readonly string[] | null;
  readonly deliveries: readonly ShownDelivery[];
}

/** Private content takes one more role: called where a request turns out to be about it. */
export type RequirePrivateRole = () => Promise<void>;

export interface Outlets {
  /** @param source only the outlets of this one; empty: all */
  list(
    projectId: string,
    query: Omit<OutletListQuery, 'sourceId'>,
    source: OutletSourceRequest,
  ): Promise<{ readonly found: readonly FoundOutlet[]; readonly total: number }>;
  get(projectId: string, name: string): Promise<FoundOutlet>;
  create(
    scope: ProjectScope,
    request: OutletRequest,
    requirePrivateRole: RequirePrivateRole,
  ): Promise<ChangeResult>;
  /** What is absent stays as it is. */
  update(
    scope: ProjectScope,
    name: string,
    change: { readonly request: OutletRequest; readonly requirePrivateRole: RequirePrivateRole },
  ): Promise<ChangeResult>;
  delete(scope: ProjectScope, name: string): Promise<ChangeResult>;
  /** Has it delivered again, also where nothing differs. `force` takes over what another program wrote. */
  deliver(
    scope: ProjectScope,
    name: string,
    given: { readonly force?: boolean | undefined },
  ): Promise<ChangeResult>;
  /** Whether it can be delivered. Nothing is delivered, but a webhook is sent a test event. */
  test(projectId: string, name: string): Promise<readonly OutletTrial[]>;
}

export type OutletRuleStores = OutletStores &
  SourceStores &
  AccessStores &
  EnvironmentStores &
  DesiredStateStores &
  WebhookStores &
  EventStores &
  IdempotencyStores & { readonly audit: AuditStore };

export interface OutletRuleOptions<Stores extends OutletRuleStores> {
  readonly store: UnitOfWork<Stores>;
  readonly sealer: Sealer;
  readonly audit: AuditLog;
  readonly deployments: Pick<Deployments, 'deploy'>;
  readonly clock: () => Date;
  /** Undefined where this manager cannot ask the node. */
  readonly tryAtNode: Deployments['testOutlet'];
  /** Sends a test event. */
  readonly tryWebhook: (webhook: Webhook) => Promise<SendOutcome>;
  /** Of outlets whose keys the manager delivers. */
  readonly accessFor: (outlet: Outlet, projectName: string) => ManagerAccess;
}

/** Each writes somewhere, and each change of a key has all that hold it written again. */
const mostOutlets = 500;

export function createOutlets<Stores extends OutletRuleStores>(options: OutletRuleOptions<Stores>): Outlets {
  const { store, sealer, audit, deployments, clock, tryAtNode, tryWebhook, accessFor } = options;

  async function testAtNode({ id: outletId }: Outlet, delivery: ShownDelivery): Promise<OutletTrial> {
    const { environmentName, nodeName, node } = delivery;
    const place = { environmentName, nodeName };
    if (node?.connected === false) return { ...place, ...notConnectedTrial };
    const result =
      node && (await tryAtNode({ environmentId: node.environmentId, nodeId: node.id, outletId }));
    return { ...place, ...(result === undefined ? reportedTrial(delivery) : nodeTrial(result)) };
  }

  return {
    list: (projectId, query, source) =>
      store.read(async (stores) => {
        const sourceId = await sourceIdOf(stores, projectId, source);
        const ofSource = sourceId === undefined ? query : { ...query, sourceId };
        const { outlets, total } = await stores.outlets.list(projectId, ofSource);
        return { found: await describe(stores, outlets), total };
      }),

    get: (projectId, name) =>
      store.read(async (stores) => {
        const outlet = await requireOutlet(stores, projectId, name);
        if (outlet.altered) throw alteredInDatabase(`Outlet (name: ${outlet.name})`);
        const [found] = await describe(stores, [outlet]);
        if (!found) throw notFound(name);
        return found;
      }),

    async create(scope, request, requirePrivateRole) {
      const { projectId, projectName } = scope;
      const name = checkName(request.name, 'Outlet name');
      const kind = readKind(request.kind);
      const content = readContent(kind, request.content);
      if (traitsOf(content).isPrivate) await requirePrivateRole();
      const now = clock();
      const id = newId();
      const targets = await store.write(async (stores) => {
        if (!(await stores.projects.get(projectId))) throw projectNotFound(projectName);
        if (await stores.outlets.find(projectId, name)) throw nameTaken(name);
        const outlet: Outlet = {
          id,
          projectId,
          name,
          description: request.description || null,
          kind,
          source: await resolveOutletSource(stores, request.source ?? null, { projectId, kind, content }),
          content,
          environmentIds: await readEnvironmentIds(stores, projectId, request.environmentNames ?? null),
          target: outletKind(kind).readTarget(requireTarget(request.target), content),
          credential: readCredential({ id, credential: null }, { kind, content, request, now, sealer }),
          gate: readGate(kind, request.gate ?? true),
          generation: 1,
          forcedGeneration: null,
          createdAt: now,
          updatedAt: now,
        };
        const others = await stores.outlets.ofProject(projectId);
        if (others.length >= mostOutlets) {
          throw badRequest(`A project has at most ${mostOutlets} outlets!`, { reason: 'REQUEST_NOT_VALID' });
        }
        requireFreePlace(outlet, others);
        await requireCredentialProfile(stores, projectId, credentialProfile(sealer, outlet));
        await stores.outlets.insert(outlet);
        const desired = await putDesiredOutlet(stores, outlet, { projectName, sealer });
        await audit.append(stores, outletEvent('create', scope, outlet));
        await scope.once?.save(stores, { targets: desired, verb: 'deploy' });
        return desired;
      });
      return deployments.deploy(targets, 'deploy');
    },

    async update(scope, given, { request, requirePrivateRole }) {
      const { projectId, projectName } = scope;
      const seen = await store.read((stores) => requireOutlet(stores, projectId, given));
      const isPrivate = [seen.content, contentOf(seen, request)].some((one) => traitsOf(one).isPrivate);
      if (isPrivate) await requirePrivateRole();
      const targets = await store.write(async (stores) => {
        const before = await requireOutlet(stores, projectId, given);
        if (before.id !== seen.id || before.updatedAt.getTime() !== seen.updatedAt.getTime()) {
          throw new KeyplaneError(
            'conflict',
            `Outlet (name: ${before.name}) was changed by another request. Try again!`,
          );
        }
        requireSameName(request.name, before.name, 'Outlet name');
        requireSameKind(request.kind, before.kind);
        const { kind } = before;
        const { description, source, environmentNames, target } = request;
        const now = laterThan(before.updatedAt, clock());
        const content = contentOf(before, request);
        const [former] = [...(await nameSources(stores, [before])).values()];
        const after: Outlet = {
          ...before,
          description: description === undefined ? before.description : description || null,
          source: await resolveOutletSource(stores, source === undefined ? (former ?? null) : source, {
            projectId,
            kind,
            content,
          }),
          content,
          environmentIds:
            environmentNames === undefined
              ? before.environmentIds
              : await readEnvironmentIds(stores, projectId, environmentNames),
          target: outletKind(kind).readTarget(target ?? before.target, content),
          credential: readCredential(before, { kind, content, request, now, sealer }),
          gate: readGate(kind, request.gate ?? before.gate),
          generation: nextGeneration(before),
          updatedAt: now,
        };
        requireFreePlace(after, await stores.outlets.ofProject(projectId));
        if (request.credential !== undefined) {
          await requireCredentialProfile(stores, projectId, credentialProfile(sealer, after));
        }
        if (!deliversSame(before, after)) await markRemoval(stores, before);
        await stores.outlets.update(after);
        await stores.outletDeliveries.deleteOutside(
          after.id,
          after.environmentIds ?? (await stores.environments.listReachedBy(projectId)).map(({ id }) => id),
        );
        const desired = await putDesiredOutlet(stores, after, { projectName, sealer });
        await audit.append(stores, outletEvent('update', scope, after));
        await scope.once?.save(stores, { targets: desired, verb: 'deploy' });
        return desired;
      });
      return deployments.deploy(targets, 'deploy');
    },

    async delete(scope, given) {
      const targets = await store.write(async (stores) => {
        const outlet = await requireOutlet(stores, scope.projectId, given);
        await markRemoval(stores, outlet);
        await stores.outlets.delete(outlet.id);
        const desired = await withdrawOutlet(stores, outlet);
        await audit.append(stores, outletEvent('delete', scope, outlet));
        await scope.once?.save(stores, { targets: desired, verb: 'undeploy' });
        return desired;
      });
      return deployments.deploy(targets, 'undeploy');
    },

    async deliver(scope, given, { force = false }) {
      const { projectId, projectName } = scope;
      const targets = await store.write(async (stores) => {
        const before = await requireOutlet(stores, projectId, given);
        const generation = before.generation + 1;
        const after: Outlet = {
          ...before,
          generation,
          forcedGeneration: force ? generation : before.forcedGeneration,
          updatedAt: laterThan(before.updatedAt, clock()),
        };
        await stores.outlets.update(after);
        const desired = await putDesiredOutlet(stores, after, { projectName, sealer });
        await audit.append(stores, outletEvent('deliver', scope, after, { force }));
        await scope.once?.save(stores, { targets: desired, verb: 'deploy' });
        return desired;
      });
      return deployments.deploy(targets, 'deploy');
    },

    async test(projectId, name) {
      const { outlet, found, project } = await store.read(async (stores) => {
        const requested = await requireOutlet(stores, projectId, name);
        return {
          outlet: requested,
          found: (await describe(stores, [requested]))[0],
          project: await stores.projects.get(projectId),
        };
      });
      if (outlet.altered) throw alteredInDatabase(`Outlet (name: ${outlet.name})`);
      if (outlet.kind === 'WEBHOOK') {
        const webhook = webhookOf(outlet, {
          sealer,
          projectName: project?.name ?? '',
          subscription: { types: [], environmentNames: null },
        });
        return [webhookTrial(await tryWebhook(webhook))];
      }
      const kind = outletKind(outlet.kind);
      if (kind.runsAt === 'MANAGER' && kind.keys) {
        const credential = openCredential(sealer, outlet) ?? {};
        const given = { target: outlet.target, credential };
        return [await keysTrial(kind.keys.probe(given, accessFor(outlet, project?.name ?? '')))];
      }
      return Promise.all((found?.deliveries ?? []).map((delivery) => testAtNode(outlet, delivery)));
    },
  };
}

/** Until now its readers used what it delivered: key rings count that. */
async function markRemoval(stores: EnvironmentStores, outlet: Outlet): Promise<void> {
  if (!outlet.gate || !traitsOf(outlet.content).holdsKeys) return;
  const environments = await environmentsOfOutlet(stores, outlet);
  await stores.environments.markRemoval(environments.map(({ id }) => id));
}

/** The same keys, at least where it delivered them before. */
function deliversSame(before: Outlet, after: Outlet): boolean {
  const { source, content, environmentIds } = after;
  const kept = before.environmentIds;
  return (
    source.type === before.source.type &&
    source.id === before.source.id &&
    content === before.content &&
    (environmentIds === null || kept?.every((id) => environmentIds.includes(id)) === true)
  );
}

async function describe(
  stores: OutletRuleStores,
  outlets: readonly Outlet[],
): Promise<readonly FoundOutlet[]> {
  const sources = await nameSources(stores, outlets);
  const deliveries = await describeDeliveries(stores, outlets);
  const isLimited = outlets.some(({ environmentIds }) => environmentIds !== null);
  const environments = isLimited ? await stores.environments.list() : [];
  return outlets.map((outlet) => ({
    outlet,
    source: sources.get(outlet.id) ?? null,
    environmentNames:
      outlet.environmentIds &&
      environments.filter(({ id }) => outlet.environmentIds?.includes(id)).map(({ name }) => name),
    deliveries: deliveries.get(outlet.id) ?? [],
  }));
}

async function requireOutlet(
  { outlets }: Pick<OutletStores, 'outlets'>,
  projectId: string,
  given: string,
): Promise<Outlet> {
  const outlet = await outlets.find(projectId, lookupName(given));
  if (!outlet) throw notFound(given);
  return outlet;
}

function notFound(given: string) {
  return badRequest(`Outlet (name: ${shownText(given)}) is not found!`, { reason: 'NOT_FOUND' });
}

function nameTaken(name: string) {
  return badRequest(
    `Outlet (name: ${name}) is already exist! Try update operation if want to change its value.`,
    { reason: 'NAME_TAKEN', member: 'name' },
  );
}

function readKind(given: string | undefined): OutletKindName {
  return readOneOf('kind', given, outletKindNames);
}

function requireSameKind(given: string | undefined, kind: OutletKindName): void {
  if (given === undefined || given === '' || given === kind) return;
  throw badRequest(`kind can not be changed! It is ${kind}`, { reason: 'FIELD_NOT_VALID', member: 'kind' });
}

function readContent(kind: OutletKindName, given: string | undefined): OutletContent {
  const { contents, defaultContent } = outletKind(kind);
  return readOneOf('content', given || defaultContent, contents);
}

function contentOf({ kind, content }: Outlet, request: OutletRequest): OutletContent {
  return request.content === undefined ? content : readContent(kind, request.content);
}

function readOneOf<Value extends string>(
  member: string,
  given: string | undefined,
  values: readonly Value[],
): Value {
  const valid = `Valid values: ${values.join(', ')}`;
  if (given === undefined || given === '') {
    throw badRequest(`${member} can not be empty! ${valid}`, { reason: 'FIELD_REQUIRED', member });
  }
  const found = values.find((value) => value === given);
  if (found !== undefined) return found;
  throw badRequest(`${member} (${shownText(given)}) is not valid! ${valid}`, {
    reason: 'FIELD_NOT_VALID',
    member,
  });
}

function requireTarget(given: OutletJson | undefined): OutletJson {
  if (given !== undefined) return given;
  throw badRequest('target can not be empty!', { reason: 'FIELD_REQUIRED', member: 'target' });
}

function readGate(kind: OutletKindName, given: boolean): boolean {
  return given && outletKind(kind).confirms;
}

/** What it is to have: a new one where the request gives one, otherwise what it had. */
function readCredential(
  before: Pick<Outlet, 'id' | 'credential'>,
  {
    kind,
    content,
    request,
    now,
    sealer,
  }: {
    readonly kind: OutletKindName;
    readonly content: OutletContent;
    readonly request: OutletRequest;
    readonly now: Date;
    readonly sealer: Sealer;
  },
): Outlet['credential'] {
  const { credential } = request;
  const rules = outletKind(kind);
  if (!rules.takesCredential(content)) {
    if (credential === undefined) return null;
    throw badRequest(`${content} of ${kind} takes no credential!`, {
      reason: 'FIELD_NOT_VALID',
      member: 'credential',
    });
  }
  if (credential === undefined) {
    if (before.credential !== null) return before.credential;
    throw badRequest('credential can not be empty!', { reason: 'FIELD_REQUIRED', member: 'credential' });
  }
  const former = openCredential(sealer, before);
  return sealCredential(sealer, before.id, rules.readCredential(credential, { now, former }));
}
