// The data plane: one node of one environment. Wiring only. It connects to the manager, applies what is deployed, keeps
// a sealed copy on its own disk and serves JWK Sets from its state, with or without a manager. It refuses to share its
// data directory, to send its token where others could read it, and to serve anything before its first state.

import { createHmac } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { badRequest } from '../errors.ts';
import { type EnrollmentSecret, parseEnrollmentToken } from '../protocol/enrollment-token.ts';
import { TlsFiles } from '../runtime/tls-files.ts';
import { keyFileExists, loadOrCreateKeyFile } from '../sealing/key-file.ts';
import { lockDataDir } from './disk/data-dir-lock.ts';
import { MemoryCopy } from './disk/memory-copy.ts';
import { removeCopy, SealedLog } from './disk/sealed-log.ts';
import type {
  KubernetesSigner,
  KubernetesSignerOptions,
} from './kubernetes-signer/start-kubernetes-signer.ts';
import { ManagerContact } from './lease/manager-contact.ts';
import { machineClocks } from './lease/node-clocks.ts';
import { ServeLimit } from './lease/serve-limit.ts';
import { SigningLease } from './lease/signing-lease.ts';
import { loadIdentityPin, nodeSigningKey } from './node-identity.ts';
import type { NodeLog } from './node-log.ts';
import { NodeState } from './node-state.ts';
import { KeptJournal } from './operations/kept-journal.ts';
import { KeptRecord } from './operations/kept-record.ts';
import type {
  NodeOperations,
  NodeParts,
  NodeRecords,
  OperationsOptions,
} from './operations/start-operations.ts';
import { UsageCounter } from './operations/usage-counter.ts';
import { type KeptOutlets, makeOutletDir, OutletDeliveries } from './outlets/outlet-deliveries.ts';
import { OutletTokens } from './outlets/outlet-tokens.ts';
import { restoreCopy } from './restore-copy.ts';
import { RevokedKids } from './revoked-kids.ts';
import { HistoricalJwks } from './serve/historical-jwks.ts';
import { JwkSets } from './serve/jwk-sets.ts';
import { createNodeMetrics } from './serve/node-metrics.ts';
import { createNodeServer } from './serve/node-server.ts';
import { PublishedFiles } from './serve/published-files.ts';
import type { NodeTraits } from './stream/manager-session.ts';
import { ManagerStream } from './stream/manager-stream.ts';
import { ManagerTls, type ManagerTlsFiles } from './stream/manager-tls.ts';
import { streamUrls } from './stream/manager-url.ts';
import { defaultTiming, type StreamTiming } from './stream/stream-timing.ts';

export interface NodeOptions {
  /** The manager's address, or those of several managers of one installation: it connects to any of them. */
  readonly managerUrl: string | readonly string[];
  /** Name of the token's environment. */
  readonly environment: string;
  readonly name: string;
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
  readonly dataDir: string;
  /**
   * A node that joined before needs none. A node that did not join but has a copy serves it and connects to no manager.
   */
  readonly token: string | undefined;
  /** `node.key`, where it is not in the data directory. */
  readonly keyFile?: string;
  readonly publishDir?: string;
  /** Outlets are delivered below it; without it the node delivers none. */
  readonly outletDir?: string;
  /** Without a manager for this long it serves no JWK Sets; by default it always does. */
  readonly serveLimitMs?: number;
  /** It keeps no copy on its disk; its serve limit is an hour, unless `serveLimitMs` says otherwise. */
  readonly ephemeral?: boolean;
  /** Files: it serves JWK Sets over TLS. */
  readonly tls?: { readonly certFile: string; readonly keyFile: string };
  readonly managerTls?: ManagerTlsFiles;
  /** Without it the node signs and verifies nothing. */
  readonly operations?: OperationsOptions;
  /** Without it the node signs nothing for Kubernetes. */
  readonly kubernetesSigner?: KubernetesSignerOptions;
  /** That of the machine, milliseconds since 1970. */
  readonly clock?: () => number;
  readonly logger: NodeLog;
  /** keyplane's. */
  readonly version: string;
  readonly timing?: Partial<StreamTiming>;
}

export interface RunningNode extends NodeAddresses {
  close(): Promise<void>;
}

interface NodeAddresses {
  /** Where it serves, without a trailing slash. */
  readonly url: string;
  /** Where it signs and verifies. */
  readonly operations: readonly string[];
  /** Where kube-apiserver has its tokens signed. */
  readonly kubernetesSigner: string | undefined;
}

/** @throws KeyplaneError `bad_request`, with a message for the operator, for options that it cannot start with */
export async function startNode(options: NodeOptions): Promise<RunningNode> {
  const urls = streamUrls([options.managerUrl].flat());
  await mkdir(options.dataDir, { recursive: true, mode: 0o700 });
  const closers: (() => Promise<void> | void)[] = [];
  const close = once(async () => {
    for (const closer of closers.reverse()) await closer();
  });
  try {
    const lock = await lockDataDir(options.dataDir);
    closers.push(() => lock.release());
    return { ...(await run(options, urls, closers)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function run(
  options: NodeOptions,
  urls: readonly URL[],
  closers: (() => Promise<void> | void)[],
): Promise<NodeAddresses> {
  const { environment, name, version, dataDir, publishDir, token, logger: log } = options;
  // A copy without its key cannot be opened; it is renamed like a damaged one.
  const key = await loadNodeKey(options);
  const kept = await keeping(options, key);
  const { contact, revoked, copy, usagePath } = kept;
  closers.push(
    () => copy.close(),
    () => contact.close(),
  );
  const clock = () => contact.time.now();
  const serveLimit = new ServeLimit(contact, serveLimitOf(options));
  const state = new NodeState();
  const sets = new JwkSets(clock);
  state.follow(sets);
  const lease = new SigningLease(contact);
  const cacheControl = () => sets.cacheControl;
  const historical = new HistoricalJwks({ state, copy, lease, clock, cacheControl });
  state.follow(historical);
  const { outletDir } = options;
  const usesKeys =
    options.operations !== undefined || options.kubernetesSigner !== undefined || outletDir !== undefined;
  const usage = usesKeys ? await UsageCounter.load({ path: usagePath, key, now: clock, log }) : undefined;
  if (usage) closers.push(() => usage.close());
  const parts = usage && { state, copy, contact, lease, usage, records: recordsOf(options, key), log };
  const operations = options.operations && parts && (await operationsOf(options.operations, parts));
  if (operations) closers.push(() => operations.close());
  const signer =
    options.kubernetesSigner && parts && (await signerOf(options.kubernetesSigner, parts, serveLimit));
  if (signer) closers.push(() => signer.close());
  if (outletDir !== undefined) await makeOutletDir(outletDir, log);
  const tokens = new OutletTokens({ state, copy, contact, lease, usage, log });
  state.follow(tokens);
  const outlets = new OutletDeliveries({
    outletDir,
    state,
    copy,
    sets,
    tokens,
    clock,
    fingerprintKey: createHmac('sha256', key).update('keyplane outlets').digest(),
    record: await recordsOf(options, key).open<KeptOutlets>('outlets.written', 'what outlets wrote'),
    log,
  });
  state.follow(outlets);
  closers.push(() => outlets.close());
  if (copy instanceof SealedLog) await restoreCopy(copy, state, revoked);
  if (state.environment && state.environment.name !== environment) {
    log.warn({ copyOf: state.environment.name }, 'the copy has another name; waiting for the manager');
    state.holdBack(true);
  }
  const pin = await loadIdentityPin(join(dataDir, 'manager.pin'), key, log);
  const secret = readToken(token, { log, mustJoin: pin.fingerprint === undefined && !state.ready });
  const identity = { key: nodeSigningKey(key), secret, pin };

  let onServeLimit: () => unknown = () => undefined;
  if (publishDir !== undefined) {
    const files = new PublishedFiles({ directory: publishDir, sets, clock, serveLimit, log });
    state.follow(files);
    closers.push(() => files.close());
    if (state.ready) files.replaced();
    await files.settled();
    onServeLimit = () => state.ready && files.replaced();
  }
  if (state.ready) outlets.replaced(state.objects.values());
  closers.push(serveLimit.watch(log, () => onServeLimit()));
  const timing = { ...defaultTiming, ...options.timing };
  const managerTls = await operatorsError(ManagerTls.open(options.managerTls ?? {}, log));
  const stream = new ManagerStream({
    tls: managerTls,
    urls,
    identity,
    timing,
    environment,
    name,
    version,
    state,
    copy,
    revoked,
    contact,
    traits: traitsOf(options),
    usage,
    outlets,
    log,
  });
  const facts = () => ({
    revision: state.revision,
    connected: stream.connected,
    diverged: state.divergence ?? null,
    counts: state.counts(),
    published: state.ready ? sets.countPublished() : 0,
    contactAgeMs: Number.isFinite(contact.ageMs) ? contact.ageMs : undefined,
    clockOffsetMs: contact.time.offsetMs,
    revoked: [...state.revoked].length,
    outlets: outlets.counts(),
  });
  const status = () => {
    const { revision, connected, diverged, counts, published } = facts();
    const since = stream.since.toISOString();
    const { lastSeenAt } = contact;
    const heard = {
      lastSeenAt: lastSeenAt === undefined ? null : new Date(lastSeenAt).toISOString(),
      clockOffsetMs: Math.round(contact.time.offsetMs),
    };
    const stands = { revision, counts: { ...counts, published }, connected, since, diverged, ...heard };
    const uses = {
      ...(operations && { operations: operations.status() }),
      ...(signer && { kubernetesSigner: signer.status() }),
    };
    return { environment, name, version, ...stands, ...uses };
  };
  const metrics = createNodeMetrics(facts, { ...(operations && { operations }), ...(signer && { signer }) });
  closers.push(() => metrics.close());
  const tls = options.tls && (await operatorsError(openTls(options.tls, log)));
  if (tls) closers.push(() => tls.close());
  const { server, close } = createNodeServer({
    state,
    sets,
    serveLimit,
    historical,
    metrics,
    status,
    clock,
    log,
    tls,
  });
  const address = await listen(server, options);
  closers.push(close);
  const operationsAddresses = (await operations?.listen()) ?? [];
  const kubernetesSigner = await signer?.listen();
  // Without a connection nothing else deletes what an earlier run left in the copy.
  await copy.compactIfDue(state.objects, state.mark()).catch((error: unknown) => {
    log.warn({ err: error }, 'the sealed copy could not be compacted; it goes on as it is');
  });
  if (secret !== undefined || pin.fingerprint !== undefined) stream.start();
  closers.push(() => stream.close());
  // First of all, so that the last report to the manager has what was used until then.
  if (operations) closers.push(() => operations.close());
  const at = {
    ...(operationsAddresses.length > 0 && { operations: operationsAddresses }),
    ...(kubernetesSigner !== undefined && { kubernetesSigner }),
  };
  log.info({ url: address, revision: state.revision, ...at }, 'the node is listening');
  return { url: address, operations: operationsAddresses, kubernetesSigner };
}

/** Loaded only by a node that offers operations, as the signer is by one that has it: the modules take 3 MB. */
async function operationsOf(options: OperationsOptions, parts: NodeParts): Promise<NodeOperations> {
  const { startOperations } = await import('./operations/start-operations.ts');
  return startOperations(options, parts);
}

async function signerOf(
  options: KubernetesSignerOptions,
  parts: NodeParts,
  serveLimit: ServeLimit,
): Promise<KubernetesSigner> {
  const { startKubernetesSigner } = await import('./kubernetes-signer/start-kubernetes-signer.ts');
  return startKubernetesSigner(options, parts, serveLimit);
}

const ephemeralServeLimitMs = 3_600_000;

function serveLimitOf({ serveLimitMs, ephemeral = false }: NodeOptions): number | undefined {
  return serveLimitMs ?? (ephemeral ? ephemeralServeLimitMs : undefined);
}

function traitsOf(options: NodeOptions): NodeTraits {
  const serveLimitMs = serveLimitOf(options);
  return {
    ...(serveLimitMs !== undefined && { serveLimitMs }),
    ...(options.ephemeral && { ephemeral: true }),
  };
}

/** What the node keeps on its disk: nothing of it where it is ephemeral. */
async function keeping(options: NodeOptions, key: Buffer) {
  const { dataDir, ephemeral = false, clock, logger: log } = options;
  const paths = { contact: join(dataDir, 'manager.contact'), revoked: join(dataDir, 'revoked.kids') };
  if (ephemeral) await removeCopy(dataDir, log);
  const contact = new ManagerContact({
    path: ephemeral ? undefined : paths.contact,
    clocks: machineClocks(clock),
    key,
    log,
  });
  await contact.load();
  const revoked = await RevokedKids.load({ path: ephemeral ? undefined : paths.revoked, key, log });
  const copy = ephemeral ? new MemoryCopy() : new SealedLog({ dataDir, key, log });
  const usagePath = ephemeral ? undefined : join(dataDir, 'operations.usage');
  return { contact, revoked, copy, usagePath };
}

function recordsOf({ dataDir, ephemeral = false, logger: log }: NodeOptions, key: Buffer): NodeRecords {
  const optionsOf = (file: string, title: string) => {
    return { path: join(dataDir, file), key, additionalData: `keyplane ${file}`, title, log };
  };
  return {
    async open<T>(file: string, title: string) {
      return ephemeral ? undefined : KeptRecord.open<T>(optionsOf(file, title));
    },
    async openJournal<T>(file: string, title: string) {
      return ephemeral ? undefined : KeptJournal.open<T>(optionsOf(file, title));
    },
  };
}

function openTls({ certFile, keyFile }: NonNullable<NodeOptions['tls']>, log: NodeLog): Promise<TlsFiles> {
  return TlsFiles.open({
    cert: { setting: '--tls-cert', path: certFile },
    key: { setting: '--tls-key', path: keyFile },
    log,
  });
}

/** Files that cannot be used are the operator's to mend. */
async function operatorsError<T>(opened: Promise<T>): Promise<T> {
  try {
    return await opened;
  } catch (error) {
    throw badRequest(error instanceof Error ? error.message : 'TLS files cannot be used');
  }
}

async function loadNodeKey({ dataDir, keyFile }: NodeOptions): Promise<Buffer> {
  const usual = join(dataDir, 'node.key');
  if (keyFile === undefined) return loadOrCreateKeyFile(usual, { mayCreate: true });
  if (!(await keyFileExists(keyFile)) && (await keyFileExists(usual))) {
    // A new key would open nothing of the copy, and be another node's.
    throw badRequest(`--key-file ${keyFile} does not exist, but ${usual} does: move it there`);
  }
  return loadOrCreateKeyFile(keyFile, { mayCreate: true, called: '--key-file' });
}

const noToken = 'KEYPLANE_NODE_TOKEN is not set: the enrollment token of the environment is accepted';
const notAToken =
  'KEYPLANE_NODE_TOKEN is not an enrollment token: the whole text that `keyplane env token create` printed is accepted';

/** @throws KeyplaneError `bad_request` where the node can do nothing without one */
function readToken(
  token: string | undefined,
  { log, mustJoin }: { log: NodeLog; mustJoin: boolean },
): EnrollmentSecret | undefined {
  const secret = token === undefined ? undefined : parseEnrollmentToken(token);
  if (secret !== undefined) return secret;
  const problem = token === undefined ? noToken : notAToken;
  if (mustJoin) throw badRequest(problem, { reason: 'TOKEN_NOT_VALID' });
  if (token !== undefined) log.error({}, problem);
  return undefined;
}

function listen(server: Server, { host, port, tls }: NodeOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        badRequest(`The node cannot listen on ${host} port ${port} (${error.code}): choose another --port`),
      );
    });
    server.listen(port, host, () => {
      const bound = server.address() as AddressInfo;
      resolve(
        `${tls ? 'https' : 'http'}://${bound.family === 'IPv6' ? `[${bound.address}]` : bound.address}:${bound.port}`,
      );
    });
  });
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => {
    done ??= work();
    return done;
  };
}
