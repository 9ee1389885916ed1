// The one reader of the environment. A setting is an environment variable with a flag of the same name; the flag
// wins. A wrong setting stops the start with one line: the variable, what is wrong with it, what is accepted.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { checkName } from './names.ts';
import { type AddressAllowList, parseAddressList, parseAllowList } from './sources/safe-fetch/allow-list.ts';
import { readCaFile } from './sources/safe-fetch/ca-file.ts';

export interface ManagerConfig {
  readonly host: string;
  readonly port: number;
  readonly dataDir: string;
  /** Undefined: SQLite in the data directory. */
  readonly databaseUrl: string | undefined;
  readonly masterKey: string | undefined;
  readonly masterKeyFile: string | undefined;
  readonly adminUser: string;
  readonly adminPassword: string | undefined;
  readonly urlAllow: AddressAllowList;
  /** PEM of authorities that source URLs may have, beside those of Node.js. */
  readonly urlCa: string | undefined;
  readonly deployTimeoutMs: number;
  /** Of JWK Sets, in seconds. */
  readonly caching: {
    readonly maxAge: number;
    readonly staleWhileRevalidate: number;
    readonly staleIfError: number;
  };
  /** Their `X-Forwarded-For` header is trusted; no host names. */
  readonly trustedProxies: AddressAllowList;
  /** Undefined where `/metrics` is on the listener of everything else. */
  readonly metricsListener: { readonly host: string; readonly port: number } | undefined;
  /** Files; undefined if the manager serves plain HTTP. */
  readonly tls: TlsSettings | undefined;
  /** Requests a minute; 0 for as many as they like. */
  readonly rateLimits: { readonly user: number; readonly address: number };
}

export interface TlsSettings {
  readonly certFile: string;
  readonly keyFile: string;
  /** Node streams require a client certificate that one of its CAs signed. */
  readonly clientCaFile: string | undefined;
}

/** A setting that cannot be used; the message is the one line that the user gets. */
export class SettingError extends Error {
  override readonly name = 'SettingError';
}

interface Setting<T> {
  readonly variable: string;
  readonly flag: string;
  readonly placeholder: string;
  readonly meaning: string;
  /** @throws Error whose message completes `VARIABLE …` */
  readonly read: (text: string | undefined) => T;
}

const longestTimeoutMs = 600_000;
/** A cache that may keep a set longer than a day also keeps a revoked key as long. */
const longestCachingSeconds = 86_400;
const highestRate = 100_000_000;

export const managerSettings = {
  host: setting('host ADDRESS', 'address to listen on (default 127.0.0.1)', (text = '127.0.0.1') =>
    listenAddress(text),
  ),
  port: setting('port PORT', 'port to listen on (default 8080)', (text = '8080') =>
    wholeNumber(text, 0, 65_535),
  ),
  dataDir: setting(
    'data-dir DIR',
    'folder of the SQLite file, the master key and copies of nodes (default ./data)',
    (text = './data') => {
      if (text === '') throw new Error('is empty: a folder is accepted');
      return resolve(text);
    },
  ),
  databaseUrl: setting('database-url URL', 'postgres://… (default: SQLite in the data directory)', (text) => {
    if (text === undefined) return undefined;
    const scheme = URL.canParse(text) ? new URL(text).protocol : '';
    if (scheme !== 'postgres:' && scheme !== 'postgresql:') {
      throw new Error('is not a database address: postgres://user:password@host:port/database is accepted');
    }
    return text;
  }),
  masterKey: setting('master-key BASE64', 'the master key: 32 bytes in base64', (text) => {
    if (text !== undefined && !/^[A-Za-z0-9+/]{43}=$/.test(text)) {
      throw new Error('is no key: 32 bytes in base64 are accepted, as `openssl rand -base64 32` writes them');
    }
    return text;
  }),
  masterKeyFile: setting('master-key-file FILE', 'file with the master key', (text) => text && resolve(text)),
  adminUser: setting(
    'admin-user NAME',
    'the first user, created if there is none (default admin)',
    (text = 'admin') => {
      try {
        return checkName(text, 'it');
      } catch (error) {
        throw new Error(`is "${text}": ${error instanceof Error ? error.message : 'not a name'}`);
      }
    },
  ),
  adminPassword: setting(
    'admin-password PASSWORD',
    'password of the first user (default: random, printed once)',
    (text) => (text === undefined ? undefined : acceptedPassword(text)),
  ),
  adminPasswordFile: setting(
    'admin-password-file FILE',
    'file with the password of the first user; a final line break is ignored',
    (text) => (text === undefined ? undefined : readPasswordFile(resolve(text))),
  ),
  urlAllow: setting(
    'url-allow LIST',
    'private hosts and CIDRs from which the manager may fetch (default none)',
    (text = '') => {
      try {
        return parseAllowList(text);
      } catch (error) {
        throw new Error(
          `cannot be read: ${error instanceof Error ? error.message : 'hosts and CIDRs are accepted'}`,
        );
      }
    },
  ),
  urlCaFile: setting(
    'url-ca-file FILE',
    'PEM file with CAs for source URLs, in addition to those of Node.js',
    (text) => (text === undefined ? undefined : readCaFile(resolve(text))),
  ),
  deployTimeout: setting(
    'deploy-timeout MS',
    'milliseconds that a request waits for nodes (default 5000)',
    (text = '5000') => wholeNumber(text, 1, longestTimeoutMs),
  ),
  jwksMaxAge: setting(
    'jwks-max-age SECONDS',
    'max-age of JWK Sets (default 300; 0: no-cache)',
    (text = '300') => wholeNumber(text, 0, longestCachingSeconds),
  ),
  jwksStaleWhileRevalidate: setting(
    'jwks-stale-while-revalidate SECONDS',
    'stale-while-revalidate of JWK Sets (default 60)',
    (text = '60') => wholeNumber(text, 0, longestCachingSeconds),
  ),
  jwksStaleIfError: setting(
    'jwks-stale-if-error SECONDS',
    'stale-if-error of JWK Sets (default 0)',
    (text = '0') => wholeNumber(text, 0, longestCachingSeconds),
  ),
  trustedProxies: setting(
    'trusted-proxies LIST',
    'addresses and CIDRs of proxies whose X-Forwarded-For is trusted (default none)',
    (text = '') => {
      try {
        return parseAddressList(text);
      } catch (error) {
        throw new Error(`cannot be read: ${error instanceof Error ? error.message : 'not a list'}`);
      }
    },
  ),
  rateLimitUser: setting(
    'rate-limit-user N',
    'requests per minute of one user (default 0: no limit)',
    (text = '0') => wholeNumber(text, 0, highestRate),
  ),
  rateLimitAddress: setting(
    'rate-limit-address N',
    'requests per minute of one address without a valid token (default 3000; 0: no limit)',
    (text = '3000') => wholeNumber(text, 0, highestRate),
  ),
  metricsHost: setting(
    'metrics-host ADDRESS',
    'address of the separate metrics listener (default 127.0.0.1)',
    (text) => text && listenAddress(text),
  ),
  metricsPort: setting(
    'metrics-port PORT',
    'port of the separate metrics listener; /metrics of the manager then returns 404',
    (text) => (text === undefined ? undefined : wholeNumber(text, 0, 65_535)),
  ),
  tlsCert: setting(
    'tls-cert FILE',
    'PEM certificate and chain, to serve over TLS (default: plain HTTP)',
    (text) => text && resolve(text),
  ),
  tlsKey: setting('tls-key FILE', 'PEM private key of --tls-cert', (text) => text && resolve(text)),
  tlsClientCa: setting(
    'tls-client-ca FILE',
    'PEM CAs: nodes must have a client certificate from one of them',
    (text) => text && resolve(text),
  ),
};

export type ManagerFlags = Partial<Record<keyof typeof managerSettings, string>>;

/** @throws SettingError for the first setting that cannot be used */
export function readManagerConfig(environment: NodeJS.ProcessEnv, flags: ManagerFlags = {}): ManagerConfig {
  const read = <T>(name: keyof typeof managerSettings, { variable, flag, read: parse }: Setting<T>): T => {
    const given = flags[name];
    const text = given ?? (environment[variable] === '' ? undefined : environment[variable]);
    try {
      return parse(text);
    } catch (error) {
      const source = given === undefined ? variable : `${variable} (--${flag})`;
      throw new SettingError(`${source} ${error instanceof Error ? error.message : 'is not valid'}`);
    }
  };
  const s = managerSettings;
  const masterKey = read('masterKey', s.masterKey);
  const masterKeyFile = read('masterKeyFile', s.masterKeyFile);
  refuseBoth('KEYPLANE_MASTER_KEY', masterKey, masterKeyFile);
  const adminPassword = read('adminPassword', s.adminPassword);
  const adminPasswordFile = read('adminPasswordFile', s.adminPasswordFile);
  refuseBoth('KEYPLANE_ADMIN_PASSWORD', adminPassword, adminPasswordFile);
  const tls = tlsSettings({
    certFile: read('tlsCert', s.tlsCert),
    keyFile: read('tlsKey', s.tlsKey),
    clientCaFile: read('tlsClientCa', s.tlsClientCa),
  });
  return {
    tls,
    metricsListener: metricsListener(read('metricsHost', s.metricsHost), read('metricsPort', s.metricsPort)),
    host: read('host', s.host),
    port: read('port', s.port),
    dataDir: read('dataDir', s.dataDir),
    databaseUrl: read('databaseUrl', s.databaseUrl),
    masterKey,
    masterKeyFile,
    adminUser: read('adminUser', s.adminUser),
    adminPassword: adminPassword ?? adminPasswordFile,
    urlAllow: read('urlAllow', s.urlAllow),
    urlCa: read('urlCaFile', s.urlCaFile),
    deployTimeoutMs: read('deployTimeout', s.deployTimeout),
    caching: {
      maxAge: read('jwksMaxAge', s.jwksMaxAge),
      staleWhileRevalidate: read('jwksStaleWhileRevalidate', s.jwksStaleWhileRevalidate),
      staleIfError: read('jwksStaleIfError', s.jwksStaleIfError),
    },
    trustedProxies: read('trustedProxies', s.trustedProxies),
    rateLimits: {
      user: read('rateLimitUser', s.rateLimitUser),
      address: read('rateLimitAddress', s.rateLimitAddress),
    },
  };
}

interface TlsFlags {
  readonly certFile: string | undefined;
  readonly keyFile: string | undefined;
  readonly clientCaFile: string | undefined;
}

function tlsSettings({ certFile, keyFile, clientCaFile }: TlsFlags): TlsSettings | undefined {
  if (certFile && keyFile) return { certFile, keyFile, clientCaFile };
  if (certFile) throw new SettingError('KEYPLANE_TLS_CERT is set without KEYPLANE_TLS_KEY: both are needed');
  if (keyFile) throw new SettingError('KEYPLANE_TLS_KEY is set without KEYPLANE_TLS_CERT: both are needed');
  if (clientCaFile) {
    throw new SettingError(
      'KEYPLANE_TLS_CLIENT_CA is set without KEYPLANE_TLS_CERT and KEYPLANE_TLS_KEY: all three are needed',
    );
  }
  return undefined;
}

/** The node's one setting that is no flag: secrets do not belong on a command line. */
export function readNodeToken(environment: NodeJS.ProcessEnv): string | undefined {
  return environment.KEYPLANE_NODE_TOKEN?.trim() || undefined;
}

/** What `rotate-master-key` takes beside the manager's settings. */
export interface NewMasterKey {
  readonly fromEnvironment: string | undefined;
  readonly file: string | undefined;
}

/** @throws SettingError where both are given, or the one is no key */
export function readNewMasterKey(
  environment: NodeJS.ProcessEnv,
  givenFile: string | undefined,
): NewMasterKey {
  const file = givenFile ?? (environment.KEYPLANE_NEW_MASTER_KEY_FILE || undefined);
  const fromEnvironment = environment.KEYPLANE_NEW_MASTER_KEY || undefined;
  refuseBoth('KEYPLANE_NEW_MASTER_KEY', fromEnvironment, file);
  return { fromEnvironment, file: file && resolve(file) };
}

/** What the process was given; nothing else reads it. */
export function processEnvironment(): NodeJS.ProcessEnv {
  return process.env;
}

/** @param usage the flag and what stands after it */
function setting<T>(usage: string, meaning: string, read: Setting<T>['read']): Setting<T> {
  const [flag = '', placeholder = ''] = usage.split(' ');
  return {
    variable: `KEYPLANE_${flag.toUpperCase().replaceAll('-', '_')}`,
    flag,
    placeholder,
    meaning,
    read,
  };
}

function metricsListener(host: string | undefined, port: number | undefined) {
  if (port !== undefined) return { host: host ?? '127.0.0.1', port };
  if (host === undefined) return undefined;
  throw new SettingError('KEYPLANE_METRICS_HOST is set without KEYPLANE_METRICS_PORT: both are needed');
}

function acceptedPassword(text: string): string {
  const { length } = [...text];
  if (length < 8 || length > 1024) throw new Error(`has ${length} characters: 8 to 1024 are accepted`);
  return text;
}

function readPasswordFile(path: string): string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new Error(`is ${path}, which cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
  return acceptedPassword(text.replace(/\r?\n$/, ''));
}

/** Of the flags that were given, those with a secret, and what takes it out of the process list. */
export function warningsOf(flags: ManagerFlags): string[] {
  const files = {
    masterKey: managerSettings.masterKeyFile,
    adminPassword: managerSettings.adminPasswordFile,
  };
  return Object.entries(files)
    .filter(([name]) => flags[name as keyof typeof files] !== undefined)
    .map(([name, file]) => {
      const { flag } = managerSettings[name as keyof typeof files];
      return `--${flag} can be read in the process list by every user of this machine: use ${file.variable} (--${file.flag})`;
    });
}

function listenAddress(text: string): string {
  if (!/^[\p{L}\p{N}.:_-]+$/u.test(text))
    throw new Error(`is "${text}": an address or host name is accepted`);
  return text;
}

function wholeNumber(text: string, least: number, most: number): number {
  const value = /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most))
    throw new Error(`is "${text}": a whole number from ${least} to ${most} is accepted`);
  return value;
}

/**
 * The environment of a child process: this process's without keyplane's settings and secrets, plus the given variables.
 */
export function childEnvironment(additions: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('KEYPLANE_'));
  return { ...Object.fromEntries(inherited), ...additions };
}

/** A secret is given itself or as a file. @throws SettingError where it is given as both */
function refuseBoth(name: string, value: unknown, file: unknown): void {
  if (value === undefined || file === undefined) return;
  throw new SettingError(`${name} and ${name}_FILE are both set: one of them, or neither, is accepted`);
}
