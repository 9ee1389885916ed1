// The TLS of a node's streams: whom it trusts, and what it proves itself with. The files are read again for each
// connection, so that renewed ones need no restart; damaged ones leave the former in use.

import type { ConnectionOptions } from 'node:tls';
import {
  checkCertificates,
  checkPair,
  leastTlsVersion,
  type NamedFile,
  readNamed,
} from '../../runtime/tls-files.ts';
import type { NodeLog } from '../node-log.ts';

export interface ManagerTlsFiles {
  /** PEM: the manager's certificate has to be one of these or signed by one. The CAs of Node.js without it. */
  readonly caFile?: string;
  /** PEM: given to managers that ask for it. Both or neither. */
  readonly clientCertFile?: string;
  readonly clientKeyFile?: string;
}

export class ManagerTls {
  readonly #files: ManagerTlsFiles;
  readonly #log: NodeLog;
  #loaded: ConnectionOptions;
  #problem = '';

  /** @throws Error with one line for the operator */
  static async open(files: ManagerTlsFiles, log: NodeLog): Promise<ManagerTls> {
    return new ManagerTls(files, log, await load(files));
  }

  private constructor(files: ManagerTlsFiles, log: NodeLog, loaded: ConnectionOptions) {
    this.#files = files;
    this.#log = log;
    this.#loaded = loaded;
  }

  /** For the next connection. Never rejects. */
  async options(): Promise<ConnectionOptions> {
    try {
      this.#loaded = await load(this.#files);
      this.#problem = '';
    } catch (error) {
      const problem = error instanceof Error ? error.message : 'unknown';
      if (problem !== this.#problem) {
        this.#log.error({ problem }, 'TLS files are not usable: the former ones stay in use');
      }
      this.#problem = problem;
    }
    return this.#loaded;
  }
}

/** @throws Error with one line for the operator */
async function load({ caFile, clientCertFile, clientKeyFile }: ManagerTlsFiles): Promise<ConnectionOptions> {
  const common = {
    // NODE_TLS_REJECT_UNAUTHORIZED would decide otherwise.
    rejectUnauthorized: true,
    minVersion: leastTlsVersion,
  } as const;
  const trusted = caFile === undefined ? {} : await loadCa({ setting: '--manager-ca', path: caFile });
  if (clientCertFile === undefined || clientKeyFile === undefined) {
    if (clientCertFile === clientKeyFile) return { ...common, ...trusted };
    throw new Error('--client-cert and --client-key need each other: both or neither are accepted');
  }
  const own = await loadClientPair(
    { setting: '--client-cert', path: clientCertFile },
    { setting: '--client-key', path: clientKeyFile },
  );
  return { ...common, ...trusted, ...own };
}

async function loadCa(file: NamedFile): Promise<ConnectionOptions> {
  const ca = await readNamed(file);
  checkCertificates(file, ca);
  // A CA file that holds the manager's own certificate trusts that certificate, with any issuer.
  return { ca, allowPartialTrustChain: true };
}

async function loadClientPair(cert: NamedFile, key: NamedFile): Promise<ConnectionOptions> {
  const pair = { cert: await readNamed(cert), key: await readNamed(key) };
  checkPair(cert, pair.cert, key, pair.key);
  return pair;
}

const unverified: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** What is wrong with the certificate of a manager, in words for the operator; undefined for other errors. */
export function certificateProblem(
  error: Error & { readonly code?: string },
  { host, hostname }: URL,
): string | undefined {
  const { code = '' } = error;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return `the certificate of the manager at ${host} is for another host than ${hostname}: use the name that it has in --manager, or a certificate for this one`;
  }
  if (code === 'CERT_HAS_EXPIRED') return `the certificate of the manager at ${host} has expired`;
  if (code === 'CERT_NOT_YET_VALID') return `the certificate of the manager at ${host} is not valid yet`;
  if (unverified.has(code)) {
    return `the certificate of the manager at ${host} is signed by no CA that this node trusts: name the CA with --manager-ca`;
  }
  return undefined;
}
