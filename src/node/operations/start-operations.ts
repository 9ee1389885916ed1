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
import { UsageCounter } from './usage-counter.ts';

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
  /** Where the use of keys is kept; undefined: in memory only. */
  readonly usagePath: string | undefined;
  readonly key: Buffer;
  readonly log: NodeLog;
}

export interface NodeOperations {
  readonly usage: UsageCounter;
  /** Once the state was restored. @returns the addresses */
  listen(): Promise<readonly string[]>;
  close(): Promise<void>;
}

const defaultHost = '127.0.0.1';

/** Follows the state from now on. @throws KeyplaneError `bad_request`, for the operator */
export async function startOperations(options: OperationsOptions, parts: NodeParts): Promise<NodeOperations> {
  const { state, copy, contact, lease, usagePath, key, log } = parts;
  const { port, host = defaultHost, socket } = options;
  if (port !== undefined && options.tls === undefined && !isLoopback(host)) {
    throw badRequest(
      `--operations-host is ${host}: beyond this machine tokens and claims need TLS, so --operations-tls-cert and --operations-tls-key are required`,
    );
  }
  const now = () => contact.time.now();
  const usage = await UsageCounter.load({ path: usagePath, key, now, log });
  const index = new OperationIndex(copy, log);
  state.follow(index);
  const perform = createOperations({
    now,
    lease,
    contact,
    count: (use) => usage.count(use),
  });
  const refusals = new RefusalLog(log);
  const tls = options.tls && (await openTls(options.tls, log));
  const closers: (() => Promise<void> | void)[] = [];
  const serverOptions = { state, index, perform, now, refusals, log };

  return {
    usage,
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
        addresses.push(await listenOnSocket(server, socket));
      }
      return addresses;
    },
    async close() {
      await Promise.all(closers.map((close) => close()));
      await tls?.close();
      await usage.close();
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
