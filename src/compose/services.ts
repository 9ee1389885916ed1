import { createHmac } from 'node:crypto';
import type { Logger } from 'pino';
import { Registry } from 'prom-client';
import { type Access, createAccess } from '../access/access.ts';
import { createApplications } from '../applications/applications.ts';
import { KeySetFollower } from '../applications/key-set-follower.ts';
import { createUsageRecorder } from '../applications/record-usage.ts';
import { createUsageList } from '../applications/usage.ts';
import { AuditCloser } from '../audit/audit-closer.ts';
import { closeBeforeReading, createAuditLog, createAuditTrail } from '../audit/create-audit-log.ts';
import { createRejectionLog } from '../audit/rejection-log.ts';
import type { ManagerConfig } from '../config.ts';
import type { ContentReader } from '../deployments/content-reader.ts';
import { type ChangeResult, withWarnings } from '../deployments/deployment-result.ts';
import { Deployments } from '../deployments/deployments.ts';
import { applyCaching, putDesiredSettings } from '../deployments/environment-settings.ts';
import { createIdentityReader, ensureIdentity } from '../deployments/handshake/installation-identity.ts';
import type { ConversationOptions } from '../deployments/handshake/node-conversation.ts';
import { createRefusedJoinRecorder } from '../deployments/handshake/record-joins.ts';
import { createDivergences } from '../deployments/history/divergences.ts';
import { ensureLineage } from '../deployments/history/lineage.ts';
import { tombstoneCompaction } from '../deployments/history/tombstone-compaction.ts';
import { Presence } from '../deployments/presence/presence.ts';
import {
  createStatePageReader,
  type LeftOut,
  type StatePageReader,
} from '../deployments/state-page-reader.ts';
import { syncEnvironment, withdrawProject } from '../deployments/sync-environment.ts';
import { AbsentNodes } from '../environments/absent-nodes.ts';
import type { DeploymentPort } from '../environments/deployment-port.ts';
import { createEnrollment } from '../environments/enrollment.ts';
import { createEnvironments } from '../environments/environments.ts';
import { createNodes } from '../environments/nodes.ts';
import { isKeyplaneError } from '../errors.ts';
import { createEventReader } from '../events/read-events.ts';
import type { RuleServices } from '../http/http-services.ts';
import { Idempotency } from '../idempotency/idempotency.ts';
import { jwkCreation } from '../jwks/create-jwk.ts';
import { jwkDeletion } from '../jwks/delete-jwk.ts';
import { createDeployedJwks } from '../jwks/deployed-jwks.ts';
import { ExpirationWatch } from '../jwks/expiration/expiration-watch.ts';
import { jwkGeneration } from '../jwks/generate/generate-jwk.ts';
import { sourceInspection } from '../jwks/inspect-source.ts';
import { createJwkDeployments } from '../jwks/jwk-deployment.ts';
import { createJwkReader } from '../jwks/jwk-reader.ts';
import { createReferencedJwks } from '../jwks/referenced-jwks.ts';
import { Refresher } from '../jwks/refresh/refresher.ts';
import { openPrivateJwk } from '../jwks/sealed-members.ts';
import { createSourceContexts } from '../jwks/source-context.ts';
import { jwkUpdate } from '../jwks/update-jwk.ts';
import { createKeystoreOpener } from '../keystore-worker/keystore-opener.ts';
import { Lease } from '../leases/lease.ts';
import { Maintenance, type MaintenanceStep } from '../leases/maintenance.ts';
import { Certificates } from '../materials/certificates.ts';
import { CryptoKeys } from '../materials/crypto-keys.ts';
import { Keystores } from '../materials/keystores.ts';
import { createLeftOutReport } from '../metrics/left-out.ts';
import { measured, measureInstallation } from '../metrics/measure-installation.ts';
import { measureStore } from '../metrics/measure-store.ts';
import { Refusals } from '../metrics/refusals.ts';
import { newId } from '../new-id.ts';
import { encryptionKey } from '../operations/encryption/encryption-key.ts';
import { managerAccess } from '../outlet-deliveries/manager-access.ts';
import { OutletRunner } from '../outlet-deliveries/outlet-runner.ts';
import { createOutlets } from '../outlets/outlets.ts';
import { createDeliveryRecorder } from '../outlets/record-deliveries.ts';
import { RelayedTests } from '../outlets/relayed-tests.ts';
import { createWebhookReader } from '../outlets/webhook-outlets.ts';
import { createOverview } from '../overview/overview.ts';
import { createKeyRings, createRingMotion } from '../rings/key-rings.ts';
import { longestLeases } from '../rings/longest-leases.ts';
import { openRevocations } from '../rings/open-revocations.ts';
import { revocationAgain } from '../rings/revoke-again.ts';
import { putDesiredSigner } from '../rings/ring-content.ts';
import { RingScheduler } from '../rings/scheduler.ts';
import { realTime } from '../runtime/fair-queue.ts';
import { dataKeyLearner, watchDataKeys } from '../sealing/learn-data-keys.ts';
import { openSealing } from '../sealing/open-sealing.ts';
import type { Sealer } from '../sealing/sealed.ts';
import { createSafeFetch } from '../sources/safe-fetch/safe-fetch.ts';
import { createUrlFetches } from '../sources/url-fetches.ts';
import { openStore, type Store, type Stores } from '../store/store.ts';
import { createTokenProfiles } from '../token-profiles/token-profiles.ts';
import { version } from '../version.ts';
import { putDesiredProjectSet } from '../views/project-set.ts';
import { createViews } from '../views/views.ts';
import { eventPruning } from '../webhooks/prune-events.ts';
import { testEventSender } from '../webhooks/send-test-event.ts';
import { WebhookRunner } from '../webhooks/webhook-runner.ts';
import { contentReaders } from './content-readers.ts';
import { protectStore } from './protect-store.ts';
import { masterKeySourceOf, storeOptionsOf } from './settings.ts';

/** Every rule of the manager, connected. No HTTP. */
export interface Services extends RuleServices {
  readonly store: Store;
  readonly access: Access;
  readonly deployments: Deployments;
  readonly refresher: Refresher;
  readonly keySetFollower: KeySetFollower;
  readonly ringScheduler: RingScheduler;
  readonly expirationWatch: ExpirationWatch;
  readonly absentNodes: AbsentNodes;
  readonly outletRunner: OutletRunner;
  readonly webhookRunner: WebhookRunner<Stores>;
  readonly maintenance: Maintenance<Stores>;
  readonly pages: StatePageReader;
  readonly admission: Pick<
    ConversationOptions,
    | 'handshake'
    | 'recordRefusedJoin'
    | 'divergences'
    | 'revokeAgain'
    | 'recordUsage'
    | 'recordDeliveries'
    | 'claim'
  >;
  close(): Promise<void>;
}

/** @throws Error with one line for the operator */
export async function composeServices(
  config: ManagerConfig,
  log: Logger,
  metrics = new Registry(),
  refusals = new Refusals({ metrics, log }),
): Promise<Services> {
  const opened = await openStore(storeOptionsOf(config), measureStore(metrics));
  let store: Store = opened;
  try {
    const sealing = await openSealing(opened, masterKeySourceOf(config));
    const { sealer, auditKey } = sealing;
    opened.learnDataKeys(dataKeyLearner(sealing));
    const closer = new AuditCloser({
      store: opened,
      onError: (error) =>
        log.error({ err: error }, 'audit records could not be appended to the hash chain yet'),
    });
    const chain = createAuditLog({ key: auditKey, clock: () => new Date() });
    opened.closeAuditWith({ close: (stores) => chain.close(stores), onOpen: () => closer.onOpen() });
    if (opened.isShared) closer.start();
    const watch = watchDataKeys(opened, sealing, () => log.error(staleMasterKey));
    store = {
      ...opened,
      async close() {
        await watch.close();
        await closer.close();
        await opened.close();
      },
    };
    await ensureLineage(store);
    await protectStore(opened, sealing, chain);
    await ensureIdentity(store, sealer);
    await store.write(async (stores) => {
      const now = await stores.rings.now();
      if (await applyCaching(stores, config.caching, now)) await stores.rings.examineAll(now);
    });
    const onError = (error: unknown) => log.error({ err: error }, 'presence: will be retried');
    const presence = new Presence({ managerId: newId(), version, store, onError });
    await presence.enter();
    return connect({ store, sealer, auditKey, presence, config, log, metrics, refusals });
  } catch (error) {
    await store.close();
    throw error;
  }
}

const staleMasterKey =
  'the master key was changed and this manager has the old one: start it again with the new one';

interface Foundations {
  readonly store: Store;
  readonly sealer: Sealer;
  readonly auditKey: Buffer;
  readonly presence: Presence;
  readonly config: ManagerConfig;
  readonly log: Logger;
  readonly metrics: Registry;
  readonly refusals: Refusals;
}

function connect(foundations: Foundations): Services {
  const { store, sealer, auditKey, presence, config, log, metrics, refusals } = foundations;
  const clock = () => new Date();
  const audit = createAuditLog({ key: auditKey, clock });
  const rejections = createRejectionLog({
    store,
    audit,
    time: realTime,
    onError: (error) => log.error({ err: error }, 'rejections could not be recorded'),
  });
  const onError = (error: unknown) => log.error({ err: error }, 'deployment: will be retried');
  const deployTimeoutMs = config.deployTimeoutMs;
  const { managerId } = presence;
  const isAlone = () => presence.isAlone;
  const revocations = () => openRevocations(store);
  const onUnreadable = (object: object) =>
    log.error(object, 'the desired state has an object that cannot be read');
  const onLeftOut = createLeftOutReport<LeftOut>(metrics, (object) =>
    log.error(object, 'an object that cannot be read, or was altered outside keyplane, is not sent to nodes'),
  );
  const readers = contentReaders(sealer, config.caching, onUnreadable);
  const pages = createStatePageReader({ store, readers, onLeftOut });
  const deployments = new Deployments({
    store,
    managerId,
    isAlone,
    deployTimeoutMs,
    pages,
    clock,
    revocations,
    onError,
  });
  const port = deploymentPort(deployments, readers);
  const readIdentity = createIdentityReader(sealer);
  const keystoreOpener = createKeystoreOpener();
  const safeFetch = createSafeFetch({
    allow: config.urlAllow,
    ...(config.urlCa !== undefined && { ca: config.urlCa }),
  });
  const access = createAccess({ store, audit, rejections, clock, deployments: port });
  const nodes = createNodes({ store, audit, deployments: port, longestLeases });
  const nodesOf = (environmentIds: readonly string[]) => nodes.listOf(environmentIds);
  const rules = { store, sealer, audit, deployments: measured(metrics, deployments), clock, onUnreadable };
  const urlFetches = createUrlFetches({ safeFetch });
  const withSourceContext = createSourceContexts({ store, sealer, keystores: keystoreOpener, urlFetches });
  const jwkRules = { ...rules, withSourceContext };
  const materialRules = { ...rules, references: createReferencedJwks(jwkRules) };
  const leaseOf = (name: string) => new Lease({ store, name, holder: managerId, onError });
  const leases = {
    refresh: leaseOf('refresh'),
    issuerKeys: leaseOf('issuer keys'),
    maintenance: leaseOf('upkeep'),
    rings: leaseOf('rings'),
    outlets: leaseOf('outlets'),
    webhooks: leaseOf('webhooks'),
    expirations: leaseOf('expirations'),
    absentNodes: leaseOf('absent nodes'),
  };
  measureInstallation({ metrics, store, clock, version, leases: Object.values(leases) });
  const refresher = new Refresher({
    ...jwkRules,
    store,
    lease: leases.refresh,
    onError: (error) => {
      // A limit of the manager is not a fault and is counted as for a request.
      const limit = isKeyplaneError(error) ? error.limit : undefined;
      if (limit === undefined) log.error({ err: error }, 'refresh');
      else refusals.count(limit, undefined);
    },
  });
  const applicationRules = { ...rules, withFetches: withSourceContext };
  const keySetFollower = new KeySetFollower({
    ...applicationRules,
    lease: leases.issuerKeys,
    onError: (error) => {
      const limit = isKeyplaneError(error) ? error.limit : undefined;
      if (limit === undefined) log.error({ err: error }, 'issuer keys: will be retried');
      else refusals.count(limit, undefined);
    },
  });
  const webhooks = createWebhookReader<Stores>(sealer);
  const outletAccess = { store, sealer, safeFetch, clock };
  const outletRunner = new OutletRunner({
    ...outletAccess,
    lease: leases.outlets,
    onError: (error) => log.error({ err: error }, 'outlets: will be retried'),
  });
  const relayedTests = new RelayedTests({
    store,
    clock,
    testHere: (at) => deployments.testOutlet(at),
    // The other manager waits for the node as long as this one would.
    timeoutMs: deployTimeoutMs + relayMs,
    onError: (error) => log.error({ err: error }, 'tests of outlets of other managers'),
  });
  const webhookRunner = new WebhookRunner({
    store,
    webhooks,
    safeFetch,
    clock,
    lease: leases.webhooks,
    random: Math.random,
    onError: (error) => log.error({ err: error }, 'webhooks: will be retried'),
  });
  const maintenance = new Maintenance({
    store,
    lease: leases.maintenance,
    steps: [...maintenanceSteps, { limit: 500, prune: eventPruning(webhooks) }],
    onError: (error) => log.error({ err: error }, 'upkeep'),
  });
  const onRingError = (error: unknown) => log.error({ err: error }, 'key rings: will be retried');
  const ringRules = {
    ...rules,
    store,
    deployments: {
      ...rules.deployments,
      recordConfirmations: () => deployments.recordConfirmations(),
    },
    onError: onRingError,
  };
  const ringMotion = createRingMotion(ringRules);
  const keyRings = createKeyRings(ringRules, ringMotion);
  const ringScheduler = new RingScheduler({
    ...ringMotion,
    store,
    lease: leases.rings,
    onError: onRingError,
  });
  const expirationWatch = new ExpirationWatch({
    store,
    lease: leases.expirations,
    clock,
    onError: (error) => log.error({ err: error }, 'expiration warnings: will be retried'),
  });
  const absentNodes = new AbsentNodes({
    store,
    lease: leases.absentNodes,
    clock,
    onError: (error) => log.error({ err: error }, 'absent nodes: will be retried'),
  });
  return {
    store,
    deployments,
    refresher,
    keySetFollower,
    ringScheduler,
    expirationWatch,
    absentNodes,
    outletRunner,
    webhookRunner,
    maintenance,
    pages,
    auditTrail: createAuditTrail(store),
    readEvents: createEventReader(store),
    tokenProfiles: createTokenProfiles({
      ...rules,
      encryptionKeyOf: async ({ jwks }, jwkId) => {
        const [stored] = await jwks.getMany([jwkId]);
        return stored && encryptionKey(openPrivateJwk(sealer, stored));
      },
    }),
    views: createViews(rules),
    outlets: createOutlets({
      ...rules,
      tryAtNode: (at) => relayedTests.test(at),
      tryWebhook: testEventSender({ safeFetch, clock }),
      accessFor: (outlet, projectName) => managerAccess(outletAccess, outlet, projectName),
    }),
    applications: createApplications(applicationRules),
    listUsage: createUsageList(store),
    access,
    environments: createEnvironments({ store, audit, clock, deployments: port }),
    enrollment: createEnrollment({ store, audit, clock, deployments: port, readIdentity }),
    nodes,
    jwkDeployments: createJwkDeployments({ store, nodesOf }),
    deployedJwks: createDeployedJwks({ store, nodesOf }),
    inspectSource: sourceInspection(withSourceContext),
    overview: createOverview({ store, clock, nodesOf, closeAuditRecords: () => closeBeforeReading(store) }),
    certificates: new Certificates(materialRules),
    keys: new CryptoKeys({ ...materialRules, keystores: keystoreOpener }),
    keystores: new Keystores({ ...materialRules, keystores: keystoreOpener }),
    createJwk: jwkCreation(jwkRules),
    generateJwk: jwkGeneration(rules),
    updateJwk: jwkUpdate(jwkRules),
    idempotency: new Idempotency<ChangeResult>({
      store,
      deployAgain: async ({ targets, verb, warnings }) =>
        withWarnings(await deployments.deploy(targets, verb), warnings),
      key: derivedKey(auditKey),
      onError,
    }),
    deleteJwk: jwkDeletion(rules),
    keyRings,
    jwks: createJwkReader({ store, sealer, audit }),
    admission: {
      handshake: { store, audit, clock, readIdentity },
      recordRefusedJoin: createRefusedJoinRecorder(rejections, onError),
      divergences: createDivergences({ store, audit, clock }),
      revokeAgain: revocationAgain({ store, revoke: keyRings.revoke }),
      recordUsage: createUsageRecorder(store),
      recordDeliveries: createDeliveryRecorder(store),
      claim: (claimed) => store.asyncCommit(({ nodes }) => nodes.claim({ ...claimed, managerId })),
    },
    async close() {
      // A fetch under way would hold the refresher until its time limit.
      await Promise.all([
        refresher.close(),
        keySetFollower.close(),
        maintenance.close(),
        ringScheduler.close(),
        expirationWatch.close(),
        absentNodes.close(),
        safeFetch.close(),
        outletRunner.close(),
        webhookRunner.close(),
      ]);
      await deployments.close();
      await presence.leave();
      await access.tokenUse.close();
      await keystoreOpener.close();
      await rejections.close();
      await store.close();
    },
  };
}

/** For both ways through the database. */
const relayMs = 2_000;
/** How long a repeated request is known for: clients that gave up for a day have given up. */
const idempotencyKeysKeptMs = 24 * 3600 * 1000;
/** An expired session opens nothing; a day makes up for a manager's clock that is off from the database's. */
const sessionsKeptMs = 24 * 3600 * 1000;

/** More than a year, so that one can be compared with the year before. Totals are kept for as long as the key. */
const usageDaysKeptMs = 400 * 24 * 3600 * 1000;

/** Removes data that is no longer needed, on one manager at a time. */
const maintenanceSteps: readonly MaintenanceStep<Stores>[] = [
  { limit: 200, prune: ({ idempotencyKeys }, limit) => idempotencyKeys.prune(idempotencyKeysKeptMs, limit) },
  { limit: 200, prune: ({ tokens }, limit) => tokens.pruneSessions(sessionsKeptMs, limit) },
  {
    limit: 200,
    prune: ({ applications }, limit) =>
      applications.pruneUsageDays(new Date(Date.now() - usageDaysKeptMs), limit),
  },
  tombstoneCompaction,
];

/** Of the installation, as the audit key is: every manager has the same, and nothing else uses it. */
function derivedKey(auditKey: Buffer): Buffer {
  return createHmac('sha256', auditKey).update('keyplane idempotency key').digest();
}

function deploymentPort(
  deployments: Deployments,
  readers: readonly ContentReader<Stores>[],
): DeploymentPort<Stores> {
  return {
    syncEnvironment: (stores, change) => syncEnvironment(stores, readers, change),
    withdrawProject,
    async putDesiredSigner(stores, project, former) {
      await putDesiredSigner(stores, project, former);
    },
    putDesiredProjectSet,
    putDesiredSettings,
    environmentRemoved: (environmentId) => deployments.environmentRemoved(environmentId),
    nodeRemoved: (nodeId) => deployments.nodeRemoved(nodeId),
    wake: () => deployments.wake(),
    liveNodes: (environmentId) => deployments.liveNodes(environmentId),
    isOwn: (node) => deployments.isOwn(node),
  };
}
