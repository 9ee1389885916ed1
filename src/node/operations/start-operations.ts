// The operations of a node: what listens, and what it answers with. Wiring only.

import { badRequest } from '../../errors.ts';
import { TlsFiles } from '../../runtime/tls-files.ts';
import type { StateCopy } from '../disk/state-copy.ts';
import type { ManagerContact } from '../lease/manager-contact.ts';
import type { SigningLease } from '../lease/signing-lease.ts';
import type { NodeLog } from '../node-log.ts';
import type { NodeState } from '../node-state.ts';
import { isLoopback, listenOnPort, listenOnSocket } from './listen.ts';
import { OperationIndex } from './operation-index.ts';
import { createOperationsServer } from './operations-server.ts';
import { createOperations } from './perform-operation.ts';
import { RefusalLog } from './refusal-log.ts';
import type { UsageCounter } from './usage-counter.ts';

export interface OperationsOptions {
  /** 0 takes any free one. */
  readonly port?: number;
  /** 127.0.0.1 by default; what is not loopback needs TLS. */
  readonly host?: string;
  readonly tls?: { readonly certFile: string; readonly keyFile: string };
  /** A Unix socket, beside the port or in its place. */
  readonly socket?: string;
}

export interface NodeParts {
  readonly state: NodeState;
  readonly copy: StateCopy;
  readonly contact: ManagerContact;
  readonly lease: SigningLease;
  readonly usage: UsageCounter;
  readonly log: NodeLog;
}

export interface NodeOperations {
  /** Once the state was restored. @returns the addresses */
  listen(): Promise<readonly string[]>;
  close(): Promise<void>;
}

const defaultHost = '127.0.0.1';
/** For its user and its group alone. */
const socketMode = 0o660;

/** Follows the state from now on. @throws KeyplaneError `bad_request`, for the operator */
export async function startOperations(options: OperationsOptions, parts: NodeParts): Promise<NodeOperations> {
  const { state, copy, contact, lease, usage, log } = parts;
  const { port, host = defaultHost, socket } = options;
  if (port !== undefined && options.tls === undefined && !isLoopback(host)) {
    throw badRequest(
      `--operations-host is ${host}: beyond this machine tokens and claims need TLS, so --operations-tls-cert and --operations-tls-key are required`,
    );
  }
  const now = () => contact.time.now();
  const index = new OperationIndex(copy, log);
  state.follow(index);
  const refusals = new RefusalLog(log);
  const perform = createOperations({
    now,
    lease,
    contact,
    count: (use) => usage.count(use),
    refusals,
    index,
    gcmUses: { take: () => true },
  });
  const tls = options.tls && (await openTls(options.tls, log));
  const closers: (() => Promise<void> | void)[] = [];
  const serverOptions = { state, index, perform, issuer: undefined, now, refusals, log };

  return {
    async listen() {
      await index.settled();
      const addresses: string[] = [];
      if (port !== undefined) {
        const { server, close } = createOperationsServer({ ...serverOptions, tls });
        closers.push(close);
        addresses.push(await listenOnPort(server, { host, port, isTls: tls !== undefined }));
      }
      if (socket !== undefined) {
        const { server, close } = createOperationsServer(serverOptions);
        closers.push(close);
        addresses.push(
          await listenOnSocket(server, { path: socket, mode: socketMode, flag: '--operations-socket' }),
        );
      }
      return addresses;
    },
    async close() {
      await Promise.all(closers.map((close) => close()));
      await tls?.close();
    },
  };
}

async function openTls(
  { certFile, keyFile }: NonNullable<OperationsOptions['tls']>,
  log: NodeLog,
): Promise<TlsFiles> {
  try {
    return await TlsFiles.open({
      cert: { setting: '--operations-tls-cert', path: certFile },
      key: { setting: '--operations-tls-key', path: keyFile },
      log,
    });
  } catch (error) {
    throw badRequest(error instanceof Error ? error.message : 'TLS files cannot be used');
  }
}
