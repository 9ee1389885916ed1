// The operations of a node: what listens, and what it responds with. Wiring only.

import { badRequest } from '../../errors.ts';
import { isLoopback } from '../../runtime/loopback.ts';
import { TlsFiles } from '../../runtime/tls-files.ts';
import type { StateCopy } from '../disk/state-copy.ts';
import type { ManagerContact } from '../lease/manager-contact.ts';
import type { SigningLease } from '../lease/signing-lease.ts';
import type { NodeLog } from '../node-log.ts';
import type { NodeState } from '../node-state.ts';
import { JwtCallers } from './callers/jwt-callers.ts';
import { type KeptAssertion, UsedAssertions } from './callers/used-assertions.ts';
import { GcmUseCounter, type KeptGcmUses } from './gcm-uses.ts';
import { createTokenIssuer } from './issue-operation.ts';
import type { KeptJournal } from './kept-journal.ts';
import type { KeptRecord } from './kept-record.ts';
import { listenOnPort, listenOnSocket } from './listen.ts';
import { LoadGuard } from './load-guard.ts';
import { createOperationContext } from './operation-context.ts';
import { OperationCounts } from './operation-counts.ts';
import { OperationIndex } from './operation-index.ts';
import { createOperationsServer } from './operations-server.ts';
import { createOperations } from './perform-operation.ts';
import { countRings, type RingCounts } from './readiness.ts';
import { RefusalLog } from './refusal-log.ts';
import type { UsageCounter } from './usage-counter.ts';

export interface OperationsOptions {
  /** 0 takes any free one. */
  readonly port?: number;
  /** 127.0.0.1 by default; what is not loopback needs TLS. */
  readonly host?: string;
  readonly tls?: {
    readonly certFile: string;
    readonly keyFile: string;
    /** CAs of the certificates that applications are known by. */
    readonly clientCaFile?: string;
  };
  /** A Unix socket, beside the port or in its place. */
  readonly socket?: string;
  /** 0660 by default. */
  readonly socketMode?: number;
  /** A name or a number; by default the group of the process. */
  readonly socketGroup?: string;
}

export interface NodeParts {
  readonly state: NodeState;
  readonly copy: StateCopy;
  readonly contact: ManagerContact;
  readonly lease: SigningLease;
  readonly usage: UsageCounter;
  readonly records: NodeRecords;
  readonly log: NodeLog;
}

/** What the node keeps on its disk beside its copy. */
export interface NodeRecords {
  /** Undefined for a node that keeps nothing. @param title as log lines name it */
  open<T>(file: string, title: string): Promise<KeptRecord<T> | undefined>;
  openJournal<T>(file: string, title: string): Promise<KeptJournal<T> | undefined>;
}

export interface OperationsStatus {
  readonly addresses: readonly string[];
  /** That the node knows. */
  readonly applications: number;
  /** Key rings that it signs with now, and those that it should sign with and cannot. */
  readonly keyRings: RingCounts;
}

export interface NodeOperations {
  readonly counts: OperationCounts;
  /** Requests that are read, wait or run. */
  readonly inProgress: number;
  /** The largest part of its limit that a key has used with AES-GCM. */
  readonly gcmShare: number;
  status(): OperationsStatus;
  /** Once the state was restored. @returns the addresses */
  listen(): Promise<readonly string[]>;
  close(): Promise<void>;
}

const defaultHost = '127.0.0.1';
/** For its user and its group alone. */
const defaultSocketMode = 0o660;

/** Follows the state from now on. @throws KeyplaneError `bad_request`, for the operator */
export async function startOperations(options: OperationsOptions, parts: NodeParts): Promise<NodeOperations> {
  const { state, copy, contact, lease, usage, records, log } = parts;
  const { port, host = defaultHost, socket, socketMode = defaultSocketMode, socketGroup } = options;
  if (port !== undefined && options.tls === undefined && !isLoopback(host)) {
    throw badRequest(
      `--operations-host is ${host}: beyond this machine tokens and claims need TLS, so --operations-tls-cert and --operations-tls-key are required`,
    );
  }
  const now = () => contact.time.now();
  const index = new OperationIndex(copy, log);
  state.follow(index);
  const refusals = new RefusalLog(log);
  const gcmUses = new GcmUseCounter({
    record: await records.open<KeptGcmUses>('operations.gcm-uses', 'the uses of AES-GCM keys'),
    nodes: () => contact.registeredNodes,
    log,
  });
  const context = createOperationContext({ now, lease, contact, count: (use) => usage.count(use) });
  const perform = createOperations({ ...context, refusals, index, gcmUses });
  const issuer = createTokenIssuer({ ...context, index, gcmUses });
  const tls = options.tls && (await openTls(options.tls, log));
  const closers: (() => Promise<void> | void)[] = [];
  const journal = await records.openJournal<KeptAssertion>(
    'operations.assertions',
    'the JWTs that were used',
  );
  const used = new UsedAssertions({ journal, now });
  const callers = {
    callers: index.callers,
    jwts: new JwtCallers({ credentials: index.callers, used, now }),
    now,
  };
  const load = new LoadGuard();
  const counts = new OperationCounts();
  const serverOptions = {
    state,
    index,
    callers,
    perform,
    issuer,
    load,
    counts,
    lease,
    now,
    refusals,
    log,
  };
  const addresses: string[] = [];

  return {
    counts,
    get gcmShare() {
      return gcmUses.largestShare;
    },
    get inProgress() {
      return load.inProgress;
    },
    status() {
      return { addresses, applications: index.callers.size, keyRings: countRings({ index, lease, now }) };
    },
    async listen() {
      await index.settled();
      if (port !== undefined) {
        const { server, close } = createOperationsServer({ ...serverOptions, tls });
        closers.push(close);
        addresses.push(await listenOnPort(server, { host, port, isTls: tls !== undefined }));
      }
      if (socket !== undefined) {
        const { server, close } = createOperationsServer(serverOptions);
        closers.push(close);
        addresses.push(
          await listenOnSocket(server, {
            path: socket,
            mode: socketMode,
            group: socketGroup,
            flag: '--operations-socket',
          }),
        );
      }
      return addresses;
    },
    async close() {
      await Promise.all(closers.map((close) => close()));
      load.close();
      await gcmUses.close();
      await journal?.close();
      await tls?.close();
    },
  };
}

async function openTls(
  { certFile, keyFile, clientCaFile }: NonNullable<OperationsOptions['tls']>,
  log: NodeLog,
): Promise<TlsFiles> {
  try {
    return await TlsFiles.open({
      cert: { setting: '--operations-tls-cert', path: certFile },
      key: { setting: '--operations-tls-key', path: keyFile },
      ...(clientCaFile !== undefined && {
        clientCa: { setting: '--operations-client-ca', path: clientCaFile },
      }),
      log,
    });
  } catch (error) {
    throw badRequest(error instanceof Error ? error.message : 'TLS files cannot be used');
  }
}
